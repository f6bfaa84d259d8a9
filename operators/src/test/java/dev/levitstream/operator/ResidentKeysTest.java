package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.Prediction;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.rocksdb.CompressionType;

/** More keys than fit in memory at once. Prints resident memory and what coming and going costs. */
@Tag("slow")
class ResidentKeysTest {
    private static final int VISITS = 2;

    /**
     * A load.
     *
     * @param batch images per visit of a key, so that each visit answers and learns
     */
    private record Load(LearnerOptions learner, ImageShape shape, int keys, int batch) {
        /** All keys take their turns in random order, {@value #VISITS} times, each with a batch at a time. */
        Run run(int residentKeys) throws Exception {
            OperatorOptions options = Records.options(learner, Flush.SIZE, residentKeys);
            List<LabelledImage> images = new StreamSimulator(shape, 1).phase(0, 1000, 0.1);
            Map<String, Integer> answers = new TreeMap<>();
            try (KeyedOneInputStreamOperatorTestHarness<String, KeyedRecord, Prediction> harness =
                    Records.harness(options, 1, 0, backend())) {
                harness.open();
                int[] seen = new int[keys];
                double seconds = 0;
                for (int visit = 0; visit < VISITS; visit++) {
                    List<Integer> order =
                            new ArrayList<>(IntStream.range(0, keys).boxed().toList());
                    Collections.shuffle(order, new Random(visit));
                    long start = System.nanoTime();
                    for (int key : order) {
                        for (int i = 0; i < batch; i++) {
                            LabelledImage image = images.get((key + seen[key]) % images.size());
                            KeyedRecord record = Records.keyed("key-" + key, seen[key], seen[key], image, shape);
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
                    seconds = (System.nanoTime() - start) / 1e9;
                }
                return new Run(answers, seconds * 1e3 / keys, residentMib());
            }
        }

        Run compare(int residentKeys) throws Exception {
            Run few = run(residentKeys);
            Run all = run(keys);
            System.out.printf(
                    "%d keys of %s: %d resident: %d MiB, %.1f ms per turn; all resident: %d MiB, %.1f ms per turn%n",
                    keys, shape, residentKeys, few.mib(), few.millis(), all.mib(), all.millis());
            assertThat(few.answers()).hasSize(keys).isEqualTo(all.answers());
            return few;
        }
    }

    /**
     * What came of it.
     *
     * @param answers a hash of all answers of a key, by key
     * @param millis per turn of the last visit
     * @param mib resident memory of the process at the end
     */
    private record Run(Map<String, Integer> answers, double millis, long mib) {}

    /** As the job sets it up. */
    static EmbeddedRocksDBStateBackend backend() {
        Configuration configuration = new Configuration();
        configuration.set(RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL, List.of(CompressionType.NO_COMPRESSION));
        return new EmbeddedRocksDBStateBackend(true).configure(configuration, ResidentKeysTest.class.getClassLoader());
    }

    static long residentMib() throws Exception {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(status -> status.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10;
    }

    @Test
    void tenThousandKeysAnswerTheSameWhetherSixtyFourOrAllAreInMemory() throws Exception {
        Load load = new Load(TinyLearners.options("levit-dkf"), TinyLearners.SHAPE, 10_000, 4);
        assertThat(load.compare(64).mib()).as("MiB with 64 keys resident").isLessThan(1024);
    }

    @Test
    void fortyKeysOfPublishedSizeAnswerTheSameWhetherFourOrAllAreInMemory() throws Exception {
        ImageShape mnist = new ImageShape(28, 28, 1);
        new Load(TinyLearners.stream("levit-dkf", mnist), mnist, 40, 10).compare(4);
    }
}
