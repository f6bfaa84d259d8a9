package dev.levitstream.job;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;
import org.apache.flink.util.IOUtils;

/**
 * The connector's exactly-once sink, with an account of what each transaction holds, a committer that says what became
 * of those it cannot commit, and a look at the lease before the writer aborts what it finds open under its prefix. Its
 * state is the connector's, and is read where the connector alone wrote it.
 */
final class ResultSink<T>
        implements Sink<T>,
                SupportsWriterState<T, KafkaWriterState>,
                SupportsCommitter<KafkaCommittable>,
                SupportsPostCommitTopology<KafkaCommittable>,
                LineageVertexProvider {
    private static final long serialVersionUID = 1L;

    private final KafkaSink<T> connector;
    private final JobLease lease;
    private final Share share;

    /** What a sink does with the job's lease. */
    private enum Share {
        /** Its first subtask holds the lease for the whole job. */
        HOLDS,
        /** It only looks whether the lease is another job's. */
        LOOKS
    }

    private ResultSink(KafkaSink<T> connector, JobLease lease, Share share) {
        this.connector = connector;
        this.lease = lease;
        this.share = share;
    }

    /** The one sink of a job that holds its lease. */
    static <T> ResultSink<T> holding(KafkaSink<T> connector, JobLease lease) {
        return new ResultSink<>(connector, lease, Share.HOLDS);
    }

    /** Every other sink of the job. */
    static <T> ResultSink<T> looking(KafkaSink<T> connector, JobLease lease) {
        return new ResultSink<>(connector, lease, Share.LOOKS);
    }

    @Override
    public StatefulSinkWriter<T, KafkaWriterState> createWriter(WriterInitContext context) throws IOException {
        return restoreWriter(context, List.of());
    }

    @Override
    public StatefulSinkWriter<T, KafkaWriterState> restoreWriter(
            WriterInitContext context, Collection<KafkaWriterState> states) throws IOException {
        lease.require(context.getJobInfo(), context.getTaskInfo());
        boolean holds = share == Share.HOLDS && context.getTaskInfo().getIndexOfThisSubtask() == 0;
        AutoCloseable held = holds ? lease.hold(context.getJobInfo(), context.getMailboxExecutor()) : () -> {};
        try {
            ResultTally tally = new ResultTally();
            return new ResultWriter<>(connector.restoreWriter(new TalliedContext(context, tally), states), tally, held);
        } catch (RuntimeException e) {
            IOUtils.closeQuietly(held);
            throw e;
        }
    }

    @Override
    public SimpleVersionedSerializer<KafkaWriterState> getWriterStateSerializer() {
        return connector.getWriterStateSerializer();
    }

    @Override
    public Committer<KafkaCommittable> createCommitter(CommitterInitContext context) {
        return new ResultCommitter(
                connector.createCommitter(context), lease.client(), new SinkMetrics(context.metricGroup()));
    }

    @Override
    public SimpleVersionedSerializer<KafkaCommittable> getCommittableSerializer() {
        return new WrittenTransaction.Serializer(connector.getCommittableSerializer());
    }

    @Override
    public void addPostCommitTopology(DataStream<CommittableMessage<KafkaCommittable>> committed) {
        connector.addPostCommitTopology(committed);
    }

    @Override
    public LineageVertex getLineageVertex() {
        return connector.getLineageVertex();
    }
}
