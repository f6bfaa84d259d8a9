package dev.levitstream.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TwoPhaseCommittingStatefulSink.PrecommittingStatefulSinkWriter;
import org.apache.flink.util.IOUtils;

/** Writes as the connector does; its transactions say what they hold. */
final class ResultWriter<T> extends ConnectorWriter<T>
        implements StatefulSinkWriter<T, KafkaWriterState>, CommittingSinkWriter<T, KafkaCommittable> {
    private final PrecommittingStatefulSinkWriter<T, KafkaWriterState, KafkaCommittable> connector;
    private final ResultTally tally;
    private final AutoCloseable lease;

    /** Takes all three; the lease is given back when the connector's writer is closed. */
    ResultWriter(
            PrecommittingStatefulSinkWriter<T, KafkaWriterState, KafkaCommittable> connector,
            ResultTally tally,
            AutoCloseable lease) {
        super(connector);
        this.connector = connector;
        this.tally = tally;
        this.lease = lease;
    }

    @Override
    public Collection<KafkaCommittable> prepareCommit() throws IOException, InterruptedException {
        List<KafkaCommittable> transactions = new ArrayList<>(connector.prepareCommit());
        Optional<WrittenTransaction.Results> results = tally.take(); // flushed: all of them are acknowledged
        results.ifPresent(held -> transactions.replaceAll(transaction -> new WrittenTransaction(transaction, held)));
        return transactions;
    }

    @Override
    public List<KafkaWriterState> snapshotState(long checkpointId) throws IOException {
        return connector.snapshotState(checkpointId);
    }

    @Override
    public void close() throws Exception {
        IOUtils.closeAll(super::close, lease);
    }
}
