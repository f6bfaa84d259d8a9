package dev.levitstream.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.common.BudgetOptions;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Memory over 200,000 images of the size of MNIST after the last expansion, at the preset {@code stream} with half its
 * updates. Prints resident memory, heap after a collection and direct buffers every 10,000 images.
 */
@Tag("slow")
class SoakTest {
    private static final ImageShape SHAPE = new ImageShape(28, 28, 1);
    private static final int IMAGES = 200_000;
    private static final int EVERY = 10_000;
    private static final int COMPONENTS = 3;
    private static final double FLAT = 1.05;

    private record Reading(int images, long residentKib, long heapKib, long directKib) {
        static Reading at(int images) throws IOException {
            System.gc();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
            String resident = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .findFirst()
                    .orElseThrow();
            return new Reading(images, Long.parseLong(resident.replaceAll("[^0-9]", "")), heap >> 10, direct >> 10);
        }
    }

    @Test
    void memoryStaysFlatOverTwoHundredThousandImages() throws IOException {
        LearnerOptions base =
                TinyLearners.with(TinyLearners.stream("levit-dkf", SHAPE), new BudgetOptions(1, 2, 0, 10));
        LearnerOptions options = TinyLearners.withMost(base, COMPONENTS);
        StreamSimulator simulator = new StreamSimulator(SHAPE, 1);
        List<Reading> readings = new ArrayList<>();
        try (Compute compute = new Compute("cpu");
                Learner learner = LearnerMethods.open(
                        new LearnerContext(options, 1, compute, () -> 0, new SharedWeights()), Map.of())) {
            for (int phase = 0; phase < 3; phase++) {
                observe(learner, simulator.phase(phase, 2500, 0.1));
            }
            assertThat(learner.describe().components())
                    .as("one per phase, and no more")
                    .hasValue(COMPONENTS);
            for (int images = 0; images < IMAGES; images += EVERY) {
                observe(learner, simulator.phase(2, EVERY, 0.1));
                readings.add(Reading.at(images + EVERY));
                System.out.println(readings.get(readings.size() - 1));
            }
        }
        Reading start = readings.get(1); // the first stretch fills memory and compiles
        assertThat(readings.subList(2, readings.size())).allSatisfy(reading -> {
            assertThat(reading.residentKib()).isLessThan((long) (FLAT * start.residentKib()));
            assertThat(reading.heapKib()).isLessThan((long) (FLAT * start.heapKib()) + 1024);
            assertThat(reading.directKib()).isLessThanOrEqualTo(start.directKib() + 1024);
        });
    }

    private static void observe(Learner learner, List<LabelledImage> images) {
        for (int i = 0; i < images.size(); i += 10) {
            Learning.observe(learner, images.subList(i, i + 10));
        }
    }
}
