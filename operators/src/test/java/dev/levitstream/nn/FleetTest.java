package dev.levitstream.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.learner.Fleet;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerKind;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Learners together in one step, as on a GPU; rounding differs from one by one, nothing else does. */
class FleetTest {
    private static final int MEMBERS = 4;
    private static final int BATCH = 4;

    static Stream<Arguments> kindsAndSeeds() {
        return Stream.of(LearnerKind.values())
                .flatMap(kind -> LongStream.range(0, 5).mapToObj(seed -> Arguments.of(kind, seed)));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("kindsAndSeeds")
    void oneStepForAllTeachesEachWhatItWouldLearnAlone(LearnerKind kind, long seed) {
        LearnerOptions options = TinyLearners.options(kind);
        try (Compute compute = new Compute("cpu", Compute.Path.SCRIPT, Products.PLAIN, true)) {
            List<Learner> alone = new ArrayList<>();
            List<Learner> fleet = new ArrayList<>();
            List<List<LabelledImage>> streams = new ArrayList<>();
            for (int g = 0; g < MEMBERS; g++) {
                LearnerContext context = new LearnerContext(options, seed + g, compute, () -> 0);
                alone.add(kind.open(context, Map.of()));
                fleet.add(kind.open(context, Map.of()));
                streams.add(new StreamSimulator(TinyLearners.SHAPE, seed + g).phase(0, 60, 0.2));
            }
            for (int i = 0; i < 60; i += BATCH) {
                for (int g = 0; g < MEMBERS; g++) {
                    List<LabelledImage> batch = streams.get(g).subList(i, i + BATCH);
                    alone.get(g).observe(batch);
                    fleet.get(g).answer(batch);
                }
                assertThat(Fleet.learn(fleet, Integer.MAX_VALUE)).doesNotContain(Optional.empty());
            }
            for (int g = 0; g < MEMBERS; g++) {
                assertThat(fleet.get(g).describe()).isEqualTo(alone.get(g).describe());
                assertSame(fleet.get(g).predict(streams.get(g)), alone.get(g).predict(streams.get(g)));
            }
            alone.forEach(Learner::close);
            fleet.forEach(Learner::close);
        }
    }

    private static void assertSame(List<ImagePrediction> found, List<ImagePrediction> expected) {
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i).novelty())
                    .isCloseTo(
                            expected.get(i).novelty(),
                            within(1e-3f * expected.get(i).novelty()));
            float[] scores = expected.get(i).scores();
            for (int c = 0; c < scores.length; c++) {
                assertThat(found.get(i).scores()[c]).isCloseTo(scores[c], within(1e-3f));
            }
        }
    }
}
