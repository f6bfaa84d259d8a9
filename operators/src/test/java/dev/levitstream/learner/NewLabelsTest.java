package dev.levitstream.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.nn.engine.Compute;
import dev.levitstream.testing.TinyLearners;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Memory while one key after the other shows its most labels, 100,000 in all. Prints resident memory every 10 keys. */
@Tag("slow")
class NewLabelsTest {
    private static final int KEYS = 100;
    private static final int EVERY = 10;
    private static final int BATCH = 10;
    private static final double FLAT = 1.1;

    @Test
    void memoryStaysFlatOverAHundredThousandNewLabels() throws IOException {
        List<Long> readings = new ArrayList<>();
        try (Compute compute = new Compute("cpu")) {
            for (int key = 1; key <= KEYS; key++) {
                learnLabels(compute, key);
                if (key % EVERY == 0) {
                    readings.add(residentKib());
                    System.out.println("labels=" + key * 1000 + " resident=" + residentKib() + " KiB");
                }
            }
        }
        // until the third reading the heap grows to what it needs; a single one is up to a tenth off either way
        assertThat(medianOf(readings.subList(readings.size() - 3, readings.size())))
                .isLessThan((long) (FLAT * medianOf(readings.subList(2, 5))));
    }

    private static long medianOf(List<Long> three) {
        return three.stream().sorted().toList().get(1);
    }

    private static void learnLabels(Compute compute, int key) {
        LearnerOptions options = TinyLearners.options("levit-dkf-fixed");
        SplittableRandom random = new SplittableRandom(key);
        try (Learner learner = LearnerMethods.open(
                new LearnerContext(options, key, compute, () -> 0, new SharedWeights()), Map.of())) {
            for (int label = 0; label < options.mostLabels(); label += BATCH) {
                List<LabelledImage> images = new ArrayList<>();
                for (int i = 0; i < BATCH; i++) {
                    byte[] pixels = new byte[options.image().size()];
                    random.nextBytes(pixels);
                    images.add(new LabelledImage(pixels, Optional.of("label " + (label + i))));
                }
                Learning.observe(learner, images);
            }
            assertThat(learner.describe().labels()).hasSize(options.mostLabels());
        }
    }

    private static long residentKib() throws IOException {
        System.gc();
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(status -> status.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }
}
