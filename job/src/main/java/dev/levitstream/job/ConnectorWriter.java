package dev.levitstream.job;

import java.io.IOException;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connector's writer, whose refused results end no process. Closed with some, it fails again, and a task that fails
 * while it is closed takes its task manager with it. They are not lost: the task has failed already, or was cancelled,
 * and starts again before them.
 */
class ConnectorWriter<T> implements SinkWriter<T> {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectorWriter.class);

    private final SinkWriter<T> connector;

    /** @param connector is closed with this one */
    ConnectorWriter(SinkWriter<T> connector) {
        this.connector = connector;
    }

    @Override
    public void write(T result, Context context) throws IOException, InterruptedException {
        connector.write(result, context);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        connector.flush(endOfInput);
    }

    @Override
    public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
        connector.writeWatermark(watermark);
    }

    @Override
    public void close() throws Exception {
        try {
            connector.close();
        } catch (IOException e) {
            LOG.warn("closed with results that the broker has refused", e);
        }
    }
}
