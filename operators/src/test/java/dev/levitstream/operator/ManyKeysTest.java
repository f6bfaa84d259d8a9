package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.Prediction;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.List;
import java.util.Set;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Keys that send one image each and never come back. Prints resident memory every 10,000 keys. */
@Tag("slow")
class ManyKeysTest {
    private static final int KEYS = 100_000;
    private static final int EVERY = 10_000;
    private static final double FLAT = 1.1;

    @Test
    void aHundredThousandKeysOfOneImageEachAreAnsweredInFlatMemoryAndLaterOnesAreDeadLetters() throws Exception {
        OperatorOptions o = Records.options(TinyLearners.options("levit-dkf"), Flush.GAP);
        KeyOptions most = new KeyOptions(KEYS, 0, KeyOptions.Failure.ANSWER, Set.of(), Set.of());
        OperatorOptions options = new OperatorOptions(
                o.learner(),
                o.image(),
                most,
                o.flush(),
                o.gapMillis(),
                o.waitMillis(),
                o.residentKeys(),
                o.mostScores(),
                o.device(),
                o.eventTime(),
                o.pictures());
        List<LabelledImage> images = new StreamSimulator(TinyLearners.SHAPE, 1).phase(0, 100, 0);
        try (KeyedOneInputStreamOperatorTestHarness<String, KeyedRecord, Prediction> harness =
                Records.harness(options, 1, 0, ResidentKeysTest.backend())) {
            harness.open();
            long start = 0;
            for (int k = 1; k <= KEYS + 10; k++) {
                LabelledImage image = images.get(k % images.size());
                harness.processElement(new StreamRecord<>(Records.keyed("key-" + k, k, k, image), k));
                if (k % EVERY == 0) {
                    assertThat(harness.extractOutputValues()).hasSize(EVERY);
                    harness.getOutput().clear();
                    System.gc();
                    long mib = ResidentKeysTest.residentMib();
                    System.out.println("keys=" + k + " resident=" + mib + " MiB");
                    start = k <= 3 * EVERY ? Math.max(start, mib) : start; // until then the heap grows to what it needs
                    assertThat(mib).isLessThanOrEqualTo((long) (FLAT * start));
                }
            }
            assertThat(harness.extractOutputValues()).isEmpty();
            assertThat(harness.getSideOutput(Outputs.DEAD_LETTERS)).hasSize(10);
        }
    }
}
