package dev.levitstream.job;

import dev.levitstream.job.JobLease.Holder;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Membership of a lease's group, kept by a thread of its own: a consumer that subscribes to nothing. */
final class HeldLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeldLease.class);
    private static final Pattern NO_TOPIC = Pattern.compile("(?!)");
    private static final Duration POLL = Duration.ofSeconds(2);

    private final JobLease lease;
    private final Holder self;
    private final Consumer<Holder> older;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::run, "lease");

    /** @param older told once, from another thread, of a job that has the lease too and started before */
    HeldLease(JobLease lease, Holder self, Consumer<Holder> older) {
        this.lease = lease;
        this.self = self;
        this.older = older;
        Properties properties = new Properties();
        properties.putAll(lease.client());
        properties.put("group.id", lease.group());
        properties.put("group.protocol", "classic"); // the session is then this member's choice
        properties.put("client.id", self.clientId());
        properties.put("session.timeout.ms", Long.toString(JobLease.SESSION.toMillis()));
        properties.put("heartbeat.interval.ms", Long.toString(JobLease.SESSION.toMillis() / 3));
        properties.put("enable.auto.commit", "false");
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(NO_TOPIC);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try (Admin admin = Admin.create(lease.client())) {
            while (true) {
                consumer.poll(POLL);
                Optional<Holder> other = lease.stays(admin, self::givesWayTo);
                if (other.isPresent()) {
                    older.accept(other.get());
                    return;
                }
            }
        } catch (InterruptException | InterruptedException | RejectedExecutionException e) {
            LOG.debug("group {} is left: the task ends", lease.group(), e);
        } catch (KafkaException e) { // not allowed, or a broker with other limits
            LOG.warn(
                    "consumer group {} cannot be joined: another job with this kafka.transaction-prefix would not notice"
                            + " this one ({})",
                    lease.group(),
                    e.toString());
        } finally {
            Thread.interrupted(); // or the consumer would not say that it leaves
            consumer.close(CloseOptions.timeout(POLL));
        }
    }

    /** Gives the lease back; the next job need not wait for it. */
    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join(JobLease.SESSION.toMillis());
    }
}
