package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.LearnerKind;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.Prediction;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ten thousand keys in one subtask, 64 of them in memory. Prints resident memory and what coming and going costs. */
@Tag("slow")
class ResidentKeysTest {
    private static final int KEYS = 10_000;
    private static final int RESIDENT = 64;
    private static final int VISITS = 2;
    private static final int BURST = 4;

    private record Run(Map<String, Integer> answers, double seconds, long residentMib) {}

    /** Keys take turns in random order, each with a batch at a time. */
    private static Run run(int residentKeys) throws Exception {
        OperatorOptions options =
                Records.options(TinyLearners.options(LearnerKind.LEVIT_DKF), Flush.SIZE, residentKeys);
        List<LabelledImage> images = new StreamSimulator(TinyLearners.SHAPE, 1).phase(0, 1000, 0.1);
        Map<String, Integer> answers = new TreeMap<>();
        try (KeyedOneInputStreamOperatorTestHarness<String, KeyedRecord, Prediction> harness =
                Records.harness(options, 1, 0, new EmbeddedRocksDBStateBackend())) {
            harness.open();
            SplittableRandom random = new SplittableRandom(1);
            int[] seen = new int[KEYS];
            long start = System.nanoTime();
            for (int turn = 0; turn < VISITS * KEYS; turn++) {
                int key = random.nextInt(KEYS);
                for (int i = 0; i < BURST; i++) {
                    KeyedRecord record = Records.keyed(
                            "key-" + key, seen[key], seen[key], images.get((key + seen[key]) % images.size()));
                    seen[key]++;
                    harness.processElement(new StreamRecord<>(record, 0));
                }
                for (Prediction prediction : harness.extractOutputValues()) {
                    answers.merge(
                            prediction.getStreamKey(),
                            prediction.toString().hashCode(),
                            (before, now) -> 31 * before + now);
                }
                harness.getOutput().clear();
            }
            return new Run(answers, (System.nanoTime() - start) / 1e9, residentMib());
        }
    }

    private static long residentMib() throws Exception {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(status -> status.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10;
    }

    @Test
    void tenThousandKeysAnswerTheSameWhetherSixtyFourOrAllAreInMemory() throws Exception {
        Run few = run(RESIDENT);
        Run all = run(KEYS);
        int turns = VISITS * KEYS;
        System.out.printf(
                "resident keys %d: %d MiB, %.2f ms per turn; all %d: %d MiB, %.2f ms per turn%n",
                RESIDENT,
                few.residentMib(),
                few.seconds() * 1e3 / turns,
                KEYS,
                all.residentMib(),
                all.seconds() * 1e3 / turns);
        assertThat(few.answers()).hasSizeGreaterThan(KEYS * 9 / 10).isEqualTo(all.answers());
        assertThat(few.residentMib()).isLessThan(all.residentMib());
    }
}
