package dev.levitstream.job;

import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Counts what the broker took in the transaction that is open. The producer's thread adds, the task's thread takes. */
final class ResultTally {
    private WrittenTransaction.@Nullable Results results;

    /** Counts one record, unless it failed: then its transaction does not come to a commit. */
    synchronized void add(RecordMetadata record) {
        if (record.hasOffset()) {
            WrittenTransaction.Results before = results;
            results = new WrittenTransaction.Results(
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    before == null ? 1 : before.count() + 1,
                    before == null ? Instant.now() : before.since());
        }
    }

    /** What was counted since the last call; empty if nothing was. */
    synchronized Optional<WrittenTransaction.Results> take() {
        Optional<WrittenTransaction.Results> taken = Optional.ofNullable(results);
        results = null;
        return taken;
    }
}
