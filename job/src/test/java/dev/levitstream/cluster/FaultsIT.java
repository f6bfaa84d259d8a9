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
 * <p>{@code -Dfaults=100} and {@code -Dfaults.backbone=100} make the long forms, {@code -Dfaults.seed} another order,
 * {@code -Dfaults.aligned=true} aligned checkpoints. {@code target/faults.csv} and {@code target/backbone-faults.csv}
 * hold what happened and how long it took.
 */
class FaultsIT {
    private static final int FAULTS = Integer.getInteger("faults", 5);
    private static final int BACKBONE_FAULTS = Integer.getInteger("faults.backbone", 2);
    private static final long SEED = Long.getLong("faults.seed", 1);
    private static final int KEYS = 24;

    @Test
    void whateverIsKilledEveryByteIsThatOfARunWithoutFaults() throws Exception {
        play("faults", Run.PIXELS, FAULTS);
    }

    /** Images that wait to be embedded together are nowhere but in memory. */
    @Test
    void whateverIsKilledBetweenABackboneAndItsLearnersEveryByteIsThatOfARunWithoutFaults(@TempDir Path dir)
            throws Exception {
        play("backbone-faults", Run.tokens(dir.resolve("tiny.safetensors")), BACKBONE_FAULTS);
    }

    private static void play(String name, Map<String, String> seen, int count) throws Exception {
        try (Cluster cluster = Cluster.start(name, 2);
                TestStream stream = TestStream.hostile(cluster.bootstrapServers(), KEYS, Trial.WORLD)) {
            Trial trial = new Trial(cluster, stream, Duration.ofMillis(400), seen, Map.of(), SEED);
            trial.play(faults -> inflict(faults, count), Path.of("target/" + name + ".csv"));
        }
    }

    private static void inflict(Faults faults, int count) throws Exception {
        for (Faults.Kind kind : faults.plan(count)) {
            faults.pause(Duration.ofSeconds(4));
            faults.inflict(kind);
        }
    }
}
