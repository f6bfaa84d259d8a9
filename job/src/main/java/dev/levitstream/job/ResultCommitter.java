package dev.levitstream.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits as the connector does, with two differences. A transaction that the broker does not know any more (its
 * transactional id expired, or its producer's epochs ran out) fails for good: the connector would restart the job to
 * try again, for ever. And what cannot be committed is looked for in the topic, because the broker gives the same
 * answer to a transaction that it aborted and to one that was committed before the restart, which is the usual case.
 */
final class ResultCommitter implements Committer<KafkaCommittable> {
    private static final Logger LOG = LoggerFactory.getLogger(ResultCommitter.class);

    private final Committer<KafkaCommittable> connector;
    private final Properties client;
    private final SinkMetrics metrics;
    /** Looking may have to wait for transactions that this task itself is yet to abort, so it must not hold it up. */
    private final ExecutorService looking = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "fate-of-transactions");
        thread.setDaemon(true);
        return thread;
    });

    ResultCommitter(Committer<KafkaCommittable> connector, Properties client, SinkMetrics metrics) {
        this.connector = connector;
        this.client = client;
        this.metrics = metrics;
    }

    @Override
    public void commit(Collection<CommitRequest<KafkaCommittable>> requests) throws IOException, InterruptedException {
        List<CommitRequest<KafkaCommittable>> watched = new ArrayList<>();
        requests.forEach(request -> watched.add(new Watched(request)));
        connector.commit(watched);
    }

    @Override
    public void close() throws Exception {
        looking.shutdownNow(); // what is still looked for is told as unknown
        connector.close();
    }

    private void tell(KafkaCommittable transaction, Throwable reason) {
        if (!(transaction instanceof WrittenTransaction written)) {
            metrics.unknown();
            LOG.warn(
                    "transaction={} cannot be committed any more: its results were committed before, or are lost; it was"
                            + " written by an older release that did not count them",
                    transaction.getTransactionalId(),
                    reason);
            return;
        }
        WrittenTransaction.Results results = written.results();
        switch (TransactionFate.of(results, client)) {
            case COMMITTED ->
                LOG.info("transaction={} was committed before: nothing is lost", transaction.getTransactionalId());
            case ABORTED -> {
                metrics.lost(results.count());
                LOG.error(
                        "results={} written to topic={} since {} are lost: the broker aborted transaction={} before its"
                                + " commit; publish their images again, and keep kafka.transaction-timeout-millis above"
                                + " the longest outage",
                        results.count(),
                        results.topic(),
                        results.since(),
                        transaction.getTransactionalId());
            }
            case UNKNOWN -> {
                metrics.unknown();
                LOG.warn(
                        "results={} written to topic={} since {} were committed before, or are lost: transaction={} cannot be"
                                + " committed any more, and offset={} of partition={} cannot be read to see",
                        results.count(),
                        results.topic(),
                        results.since(),
                        transaction.getTransactionalId(),
                        results.offset(),
                        results.partition(),
                        reason);
            }
        }
    }

    /** One request, whose failure is looked into. */
    private final class Watched implements CommitRequest<KafkaCommittable> {
        private final CommitRequest<KafkaCommittable> request;

        Watched(CommitRequest<KafkaCommittable> request) {
            this.request = request;
        }

        @Override
        public String toString() { // the connector logs requests
            return getCommittable().toString();
        }

        @Override
        public KafkaCommittable getCommittable() {
            return request.getCommittable();
        }

        @Override
        public int getNumberOfRetries() {
            return request.getNumberOfRetries();
        }

        @Override
        public void signalFailedWithKnownReason(Throwable reason) {
            KafkaCommittable transaction = getCommittable();
            looking.execute(() -> tell(transaction, reason));
            request.signalFailedWithKnownReason(reason);
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable reason) {
            if (ExceptionUtils.findThrowable(reason, InvalidPidMappingException.class)
                            .isPresent()
                    || ExceptionUtils.findThrowable(reason, InvalidProducerEpochException.class)
                            .isPresent()) {
                signalFailedWithKnownReason(reason);
            } else {
                request.signalFailedWithUnknownReason(reason);
            }
        }

        @Override
        public void retryLater() {
            request.retryLater();
        }

        @Override
        public void updateAndRetryLater(KafkaCommittable transaction) {
            request.updateAndRetryLater(transaction);
        }

        @Override
        public void signalAlreadyCommitted() {
            request.signalAlreadyCommitted();
        }
    }
}
