package dev.levitstream.job;

import java.io.IOException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;

/**
 * The connector's at-least-once sink without its state, which it needs for transactions alone: each result is sent at
 * once, and no checkpoint completes before the broker has all results before it. State is restored without this sink,
 * and into it, only because it leaves none: Flink refuses state of an operator that is not there.
 */
final class FastSink<T> implements Sink<T>, LineageVertexProvider {
    private static final long serialVersionUID = 1L;

    private final KafkaSink<T> connector;

    /** @param connector whose delivery guarantee is at least once */
    FastSink(KafkaSink<T> connector) {
        this.connector = connector;
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
        return new ConnectorWriter<>(connector.createWriter(context));
    }

    @Override
    public LineageVertex getLineageVertex() {
        return connector.getLineageVertex();
    }
}
