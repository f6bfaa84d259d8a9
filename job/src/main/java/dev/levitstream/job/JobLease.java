package dev.levitstream.job;

import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.flink.api.common.JobInfo;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps two jobs from writing under one transaction prefix, where each would abort the other's transactions. A job that
 * runs is the member of a consumer group that is named after the prefix; who starts looks for members first. A member
 * that died is forgotten by the broker within {@link #SESSION}, so its own restart waits for that at most.
 *
 * @param client Kafka client properties
 * @param prefix of transactional ids
 * @param started when the job was built; of two that started at once, the older goes on
 */
record JobLease(Properties client, String prefix, Instant started) implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(JobLease.class);

    /** After which the broker forgets a member that died; the shortest that brokers allow by default. */
    static final Duration SESSION = Duration.ofSeconds(6);

    /** A member that is still there after this is alive. */
    private static final Duration PATIENCE = SESSION.plusSeconds(4);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    /** A job that holds a lease. */
    record Holder(String job, Instant started, String host) {
        private static final String MARK = "lease";

        /** Reads what a member says of itself; empty if it is none of ours. */
        static Optional<Holder> of(String clientId, String host) {
            String[] parts = clientId.split("\\.", -1);
            return parts.length == 3 && parts[0].equals(MARK) && parts[2].matches("[0-9]{1,18}")
                    ? Optional.of(new Holder(parts[1], Instant.ofEpochMilli(Long.parseLong(parts[2])), host))
                    : Optional.empty();
        }

        String clientId() {
            return MARK + "." + job + "." + started.toEpochMilli();
        }

        /** Whether it is another job, which this one gives way to. */
        boolean givesWayTo(Holder other) {
            return !job.equals(other.job)
                    && (started.equals(other.started) ? job.compareTo(other.job) > 0 : started.isAfter(other.started));
        }
    }

    /** The lease of a job that is built now. */
    static JobLease of(KafkaOptions options) {
        Properties client = new Properties();
        client.putAll(options.client());
        client.put("bootstrap.servers", options.bootstrapServers());
        return new JobLease(client, options.transactionPrefix(), Instant.now().truncatedTo(ChronoUnit.MILLIS));
    }

    String group() {
        return prefix + "-lease";
    }

    /**
     * Looks before a job is submitted.
     *
     * @throws IllegalStateException if a job that runs has the prefix
     */
    void requireFree() throws InterruptedException {
        try (Admin admin = Admin.create(client)) {
            Optional<Holder> other = stays(admin, holder -> true);
            if (other.isPresent()) {
                throw new IllegalStateException(refusal(other.get()));
            }
        }
    }

    /**
     * Looks before a task touches transactions. A job that starts gives way to any other, one that comes back after a
     * failure only to an older one.
     *
     * @throws SuppressRestartsException if another job has the prefix
     */
    void require(JobInfo job, TaskInfo task) throws IOException {
        Holder self = new Holder(job.getJobId().toHexString(), started, "");
        try (Admin admin = Admin.create(client)) {
            Optional<Holder> other = stays(
                    admin,
                    task.getAttemptNumber() == 0 ? holder -> !holder.job().equals(self.job()) : self::givesWayTo);
            if (other.isPresent()) {
                throw end(other.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while looking at group " + group(), e);
        }
    }

    /** Holds the lease until it is closed; ends the task, by its mailbox, if an older job turns out to have it too. */
    AutoCloseable hold(JobInfo job, MailboxExecutor mailbox) {
        Holder self = new Holder(job.getJobId().toHexString(), started, "");
        return new HeldLease(
                this,
                self,
                other -> mailbox.execute(
                        () -> {
                            throw end(other);
                        },
                        "the transaction prefix belongs to an older job"));
    }

    private SuppressRestartsException end(Holder other) {
        return new SuppressRestartsException(new IllegalStateException(refusal(other)));
    }

    private String refusal(Holder other) {
        return "kafka.transaction-prefix=" + prefix + " belongs to job " + other.job() + ", started " + other.started()
                + ", which runs on " + other.host()
                + ": stop that job, or give this one its own kafka.group-id or kafka.transaction-prefix";
    }

    /** The first holder that counts and does not go away. */
    Optional<Holder> stays(Admin admin, Predicate<Holder> counts) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Optional<Holder> found = holders(admin).stream().filter(counts).findFirst();
            if (found.isEmpty() || System.nanoTime() > end) {
                return found;
            }
            Thread.sleep(BETWEEN_LOOKS.toMillis());
        }
    }

    /** Who holds the lease now; nobody, with a warning, where the group may not be looked at. */
    private List<Holder> holders(Admin admin) throws InterruptedException {
        try {
            return Objects.requireNonNull(
                            admin.describeConsumerGroups(List.of(group()))
                                    .describedGroups()
                                    .get(group()),
                            group())
                    .get()
                    .members()
                    .stream()
                    .flatMap(member -> Holder.of(member.clientId(), member.host()).stream())
                    .toList();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                LOG.warn(
                        "consumer group {} cannot be looked at: another job with this kafka.transaction-prefix would not be"
                                + " noticed ({})",
                        group(),
                        String.valueOf(e.getCause()));
            }
            return List.of();
        }
    }
}
