package dev.levitstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** Inflicts faults on a cluster on which a job runs, at moments that a seed decides, and keeps a table of them. */
final class Faults {
    private static final List<Integer> PARALLELISMS = List.of(4, 1, 2);

    /** How long after results flow again a job may still fail from a fault (milliseconds). */
    private static final long ECHO_MILLIS = 10_000;

    /** Longer than the cluster's heartbeats and ZooKeeper's sessions wait. */
    private static final int LONGEST_PAUSE_MILLIS = 15_000;

    /** What can happen; the short form of a test takes the first. */
    enum Kind {
        KILL_TASK_MANAGER,
        FILL_ROCKSDB_DISK,
        RESCALE,
        FILL_CHECKPOINT_DISK,
        PAUSE_BROKER,
        KILL_JOB_MANAGER,
        PAUSE_ZOOKEEPER,
        KILL_BROKER,
        PAUSE_TASK_MANAGER,
        PAUSE_JOB_MANAGER
    }

    /**
     * A fault that was inflicted.
     *
     * @param start epoch milliseconds
     * @param recovered when results flowed again (epoch milliseconds)
     */
    record Fault(Kind kind, long start, long recovered) {}

    private final Cluster cluster;
    private final Run run;
    private final Random random;
    private final List<Fault> inflicted = new ArrayList<>();
    private final Map<Long, String> failures = new TreeMap<>();
    private int rescales;

    Faults(Cluster cluster, Run run, long seed) {
        this.cluster = cluster;
        this.run = run;
        this.random = new Random(seed);
    }

    /** As many faults, every kind as often as the others, in an order that the seed decides. */
    List<Kind> plan(int faults) {
        List<Kind> plan = new ArrayList<>();
        for (int i = 0; i < faults; i++) {
            plan.add(Kind.values()[i % Kind.values().length]);
        }
        Collections.shuffle(plan, random);
        return plan;
    }

    /** Lets the job be for a while, at most as long as said: a fault comes at any moment. */
    void pause(Duration longest) {
        LockSupport.parkNanos((long) (random.nextDouble() * longest.toNanos()));
    }

    /** One fault, and waits until results flow again: until a checkpoint is complete that was begun after it. */
    void inflict(Kind kind) throws Exception {
        collectFailures();
        long start = System.currentTimeMillis();
        int victim = random.nextInt(2);
        Duration pause = Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MILLIS));
        switch (kind) {
            case KILL_TASK_MANAGER -> cluster.killTaskManager(victim);
            case KILL_JOB_MANAGER -> cluster.killJobManager();
            case KILL_BROKER -> cluster.killBroker(pause.dividedBy(5));
            case PAUSE_TASK_MANAGER -> cluster.taskManager(victim).pause(pause);
            case PAUSE_JOB_MANAGER -> cluster.jobManager().pause(pause);
            case PAUSE_BROKER -> cluster.broker().pause(pause);
            case PAUSE_ZOOKEEPER -> cluster.zooKeeper().pause(pause);
            case FILL_ROCKSDB_DISK -> fill(cluster.rocksDb(), kind);
            case FILL_CHECKPOINT_DISK -> fill(cluster.checkpoints(), kind);
            case RESCALE -> run.rescale(PARALLELISMS.get(rescales++ % PARALLELISMS.size()));
        }
        long over = System.currentTimeMillis();
        cluster.await("a checkpoint after " + kind, () -> cluster.rest().latestCheckpoint(run.job()) > over);
        inflicted.add(new Fault(kind, start, System.currentTimeMillis()));
    }

    /** Keeps a disk full until the job has noticed, and frees it: nobody else does anything about it. */
    private void fill(Disk disk, Kind kind) throws Exception {
        long before = cluster.rest().failedCheckpoints(run.job());
        try {
            cluster.await("a failed checkpoint after " + kind, () -> {
                disk.fill();
                return cluster.rest().failedCheckpoints(run.job()) > before;
            });
        } finally {
            disk.free();
        }
    }

    /** What failed until now; a new job manager knows nothing of what the one before has seen. */
    private void collectFailures() throws Exception {
        cluster.replaceEnded();
        failures.putAll(cluster.ended());
        failures.putAll(cluster.rest().failures(run.job()));
    }

    /** The job was restarted for nothing but the faults. */
    void requireNoOtherFailures() throws Exception {
        collectFailures();
        assertThat(failures)
                .as("restarts, by their time")
                .allSatisfy((time, text) -> assertThat(inflicted)
                        .as(text)
                        .anyMatch(fault -> fault.start() <= time && time <= fault.recovered() + ECHO_MILLIS));
    }

    /** A line for each fault, with the seconds until it was over, and for each failure of the job or a process. */
    List<String> table() {
        List<String> lines = new ArrayList<>(List.of("what,millis,seconds,count"));
        for (Fault fault : inflicted) {
            double seconds = (fault.recovered() - fault.start()) / 1e3;
            lines.add(String.format("%s,%d,%.1f,", fault.kind(), fault.start(), seconds));
        }
        failures.forEach((time, text) -> lines.add("\"" + text.replace('"', '\'') + "\"," + time + ",,"));
        return lines;
    }
}
