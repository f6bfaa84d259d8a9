package dev.levitstream.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.Routed;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.learner.Slice;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Learners together in one step, as on a GPU; rounding differs from one by one, nothing else does. */
class FleetTest {
    private static final int MEMBERS = 4;
    private static final int BATCH = 4;
    /**
     * What rounding may come to after these updates: where a gradient is near 0 Adam makes a whole step of its sign.
     * One processor showed 1.5e-3, another less than 1e-3.
     */
    private static final double ROUNDING = 5e-3;

    static Stream<Arguments> methodsAndSeeds() {
        return Stream.concat(TinyLearners.levits(), Stream.of("er", "finetune"))
                .flatMap(method -> LongStream.range(0, 5).mapToObj(seed -> Arguments.of(method, seed)));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("methodsAndSeeds")
    void oneStepForAllTeachesEachWhatItWouldLearnAlone(String method, long seed) {
        LearnerOptions options = TinyLearners.options(method);
        try (Compute compute = new Compute("cpu", Compute.Path.SCRIPT, Products.PLAIN, true)) {
            List<Learner> alone = new ArrayList<>();
            List<Learner> fleet = new ArrayList<>();
            List<List<LabelledImage>> streams = new ArrayList<>();
            for (int g = 0; g < MEMBERS; g++) {
                LearnerContext context = new LearnerContext(options, seed + g, compute, () -> 0, new SharedWeights());
                alone.add(LearnerMethods.open(context, Map.of()));
                fleet.add(LearnerMethods.open(context, Map.of()));
                streams.add(new StreamSimulator(TinyLearners.SHAPE, seed + g).phase(0, 60, 0.2));
            }
            for (int i = 0; i < 60; i += BATCH) {
                for (int g = 0; g < MEMBERS; g++) {
                    List<LabelledImage> batch = streams.get(g).subList(i, i + BATCH);
                    Learning.observe(alone.get(g), batch);
                    Learning.observe(fleet.get(g), batch, Learning.predict(fleet.get(g), batch));
                }
                assertThat(Learning.learn(fleet, Integer.MAX_VALUE)).allMatch(Slice::isDone);
            }
            for (int g = 0; g < MEMBERS; g++) {
                assertThat(fleet.get(g).describe()).isEqualTo(alone.get(g).describe());
                List<ImagePrediction> expected = Learning.predict(alone.get(g), streams.get(g));
                assertThat(distance(Learning.predict(fleet.get(g), streams.get(g)), expected))
                        .isLessThan(ROUNDING);
                Learner other = fleet.get((g + 1) % MEMBERS);
                assertThat(distance(Learning.predict(other, streams.get(g)), expected))
                        .as("another learner of the fleet is told apart")
                        .isGreaterThan(2 * ROUNDING);
            }
            alone.forEach(Learner::close);
            fleet.forEach(Learner::close);
        }
    }

    /** The largest difference of novelty, relative, or of a class's probability; infinite for other classes. */
    private static double distance(List<ImagePrediction> found, List<ImagePrediction> expected) {
        double largest = 0;
        for (int i = 0; i < found.size(); i++) {
            ImagePrediction one = found.get(i);
            ImagePrediction other = expected.get(i);
            if (one.scores().length != other.scores().length) {
                return Double.POSITIVE_INFINITY;
            }
            double novelty = novelty(other);
            largest = Math.max(largest, Math.abs(novelty(one) - novelty) / (novelty + Float.MIN_NORMAL));
            for (int c = 0; c < other.scores().length; c++) {
                largest = Math.max(largest, Math.abs(one.scores()[c] - other.scores()[c]));
            }
        }
        return largest;
    }

    private static double novelty(ImagePrediction prediction) {
        return prediction.routed().map(Routed::novelty).orElse(0f);
    }
}
