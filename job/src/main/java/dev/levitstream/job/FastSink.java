package dev.levitstream.job;

import java.io.IOException;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connector's at-least-once sink without its state, which it needs for transactions alone: each result is sent at
 * once, and no checkpoint completes before the broker has all results before it. State is restored without this sink,
 * and into it, only because it leaves none: Flink refuses state of an operator that is not there.
 */
final class FastSink<T> implements Sink<T>, LineageVertexProvider {
    private static final Logger LOG = LoggerFactory.getLogger(FastSink.class);
    private static final long serialVersionUID = 1L;

    private final KafkaSink<T> connector;

    /** @param connector whose delivery guarantee is at least once */
    FastSink(KafkaSink<T> connector) {
        this.connector = connector;
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
        return new Writer<>(connector.createWriter(context));
    }

    @Override
    public LineageVertex getLineageVertex() {
        return connector.getLineageVertex();
    }

    /**
     * The connector's writer, whose refused results end no process. Closed with some, it fails again, and a task that
     * fails while it is closed takes its task manager with it. They are not lost: the task has failed already, or was
     * cancelled, and starts again before them.
     */
    private record Writer<T>(SinkWriter<T> connector) implements SinkWriter<T> {
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
                LOG.warn("closed with answers that the broker has refused", e);
            }
        }
    }
}
