package dev.levitstream.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A bad day: cameras out of order, records that nobody can use, and faults of every process and disk, all at once. Good
 * streams are answered as if nothing had happened, byte for byte, and everything else is answered or a dead letter.
 *
 * <p>{@code -Dchaos.minutes=60} makes the long form, {@code -Dchaos.seed} another day. {@code target/chaos.csv} holds
 * what happened and how long it took.
 */
class ChaosIT {
    private static final Duration LENGTH = Duration.ofMinutes(Long.getLong("chaos.minutes", 1));
    private static final long SEED = Long.getLong("chaos.seed", 1);
    private static final int KEYS = 24;

    /** Between two faults; longer than the echo of one, so that a restart without a cause is noticed. */
    private static final Duration LONGEST_PEACE = Duration.ofSeconds(LENGTH.toMinutes() > 1 ? 40 : 5);

    /**
     * What a topic has that nobody has set up: at most 1 MB a record, times of at most an hour ahead. The test broker
     * allows more, but results must fit where a user has asked for nothing.
     */
    private static final Map<String, String> PLAIN = Map.of(
            "max.message.bytes", "1048588",
            "message.timestamp.type", "CreateTime",
            "message.timestamp.after.max.ms", "3600000");

    @Test
    void onABadDayGoodStreamsAreAnsweredToTheSameBytes() throws Exception {
        try (Cluster cluster = Cluster.start("chaos", 2);
                TestStream stream = TestStream.hostile(cluster.bootstrapServers(), KEYS, Trial.WORLD)
                        .withBadCameras()) {
            Trial trial = new Trial(cluster, stream, Duration.ofMillis(500), Run.PIXELS, PLAIN, SEED);
            trial.play(ChaosIT::inflict, Path.of("target/chaos.csv"));
        }
    }

    private static void inflict(Faults faults) throws Exception {
        long end = System.nanoTime() + LENGTH.toNanos();
        while (true) {
            for (Faults.Kind kind : faults.plan(Faults.Kind.values().length)) {
                faults.pause(LONGEST_PEACE);
                if (System.nanoTime() > end) {
                    return;
                }
                faults.inflict(kind);
            }
        }
    }
}
