package dev.levitstream.job;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;

/** Metrics of a sink's subtask; any thread may count. */
final class SinkMetrics {
    private final Counter lostResults;
    private final Counter unknownTransactions;

    SinkMetrics(MetricGroup parent) {
        MetricGroup group = parent.addGroup("levit");
        lostResults = group.counter("results.lost.count", new ThreadSafeSimpleCounter()); // aborted by the broker
        unknownTransactions = group.counter( // not committed now; whether before, cannot be told
                "transactions.unknown.count", new ThreadSafeSimpleCounter());
    }

    void lost(long results) {
        lostResults.inc(results);
    }

    void unknown() {
        unknownTransactions.inc();
    }
}
