package dev.levitstream.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Exactly-once learning on real processes: whatever is killed, stopped, filled up or rescaled, what Kafka's own console
 * consumer sees of the results is byte for byte what it sees of a run without faults.
 *
 * <p>Learners see tokens of a backbone, so images also wait to be embedded together, and nowhere but in memory;
 * {@code -Dfaults.pixels=true} shows them pixels. {@code -Dfaults=100} makes the long form, {@code -Dfaults.seed}
 * another order, {@code -Dfaults.aligned=true} aligned checkpoints. {@code target/faults.csv} holds what happened and
 * how long it took.
 */
class FaultsIT {
    private static final int FAULTS = Integer.getInteger("faults", 5);
    private static final long SEED = Long.getLong("faults.seed", 1);
    private static final boolean PIXELS = Boolean.getBoolean("faults.pixels");
    private static final int KEYS = 24;

    @Test
    void whateverIsKilledEveryByteIsThatOfARunWithoutFaults(@TempDir Path dir) throws Exception {
        Map<String, String> seen = PIXELS ? Run.PIXELS : Run.tokens(dir.resolve("tiny.safetensors"));
        try (Cluster cluster = Cluster.start("faults", 2);
                TestStream stream = TestStream.hostile(cluster.bootstrapServers(), KEYS, Trial.WORLD)) {
            Trial trial = new Trial(cluster, stream, Duration.ofMillis(600), seen, Map.of(), SEED);
            trial.play(FaultsIT::inflict, Path.of("target/faults.csv"));
        }
    }

    private static void inflict(Faults faults) throws Exception {
        for (Faults.Kind kind : faults.plan(FAULTS)) {
            faults.pause(Duration.ofSeconds(4));
            faults.inflict(kind);
        }
    }
}
