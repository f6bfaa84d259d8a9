package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.Evidence;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Learner;
import dev.levitstream.operator.ImageTrail.Image;
import dev.levitstream.testing.TinyLearners;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The latest images of a key by their age, against a list of all. */
class ImageTrailTest {
    /** Runs one step of a test under the key "k". */
    private static final class Host extends AbstractStreamOperator<String>
            implements OneInputStreamOperator<Step, String> {
        private static final long serialVersionUID = 1L;
        private transient List<KeyState> states = new ArrayList<>();

        @Override
        public void initializeState(StateInitializationContext context) throws Exception {
            super.initializeState(context);
            states = new ArrayList<>(List.of(new KeyState(context)));
        }

        @Override
        public void processElement(StreamRecord<Step> element) throws Exception {
            element.getValue().run(states.get(0));
        }
    }

    private interface Step {
        void run(KeyState state) throws Exception;
    }

    private static void with(Step step) throws Exception {
        try (KeyedOneInputStreamOperatorTestHarness<String, Step, String> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new Host(), value -> "k", BasicTypeInfo.STRING_TYPE_INFO)) {
            harness.open();
            harness.processElement(new StreamRecord<>(step));
        }
    }

    /** A key that has nothing but its trail. */
    private static LiveLearner key(KeyState state) throws Exception {
        Learner learner = TinyLearners.open(TinyLearners.options("none"), 1);
        return new LiveLearner(learner, new LearnerStore.Written(), state);
    }

    private static String id(SplittableRandom random, int most) {
        StringBuilder id = new StringBuilder();
        int length = 1 + random.nextInt(most);
        int first = random.nextBoolean() ? 'a' : 0x3042;
        while (id.length() < length) {
            id.append((char) (first + random.nextInt(26)));
        }
        return id.toString();
    }

    private static void assertTrail(ImageTrail trail, List<Image> all, SplittableRandom random) throws Exception {
        long kept = 0;
        while (trail.ago(kept).isPresent()) {
            kept += 64;
        }
        assertThat(kept).isGreaterThanOrEqualTo(Math.min(all.size(), 768));
        for (int n = 0; n < 50; n++) {
            int age = random.nextInt(all.size() + 10);
            Optional<Image> found = trail.ago(age);
            if (age < all.size() && age < kept - 64) {
                assertThat(found).hasValue(all.get(all.size() - 1 - age));
            } else if (age >= all.size()) {
                assertThat(found).isEmpty();
            }
        }
    }

    /** Ids of one letter to the longest; the key is stored and read again now and then. */
    @ParameterizedTest
    @CsvSource({"1, 1", "8, 2", "30, 3", "256, 4", "256, 5"})
    void anImageIsFoundByItsAgeAlsoAfterTheKeyWasStored(int longest, long seed) throws Exception {
        with(state -> {
            SplittableRandom random = new SplittableRandom(seed);
            List<Image> all = new ArrayList<>();
            LiveLearner key = key(state);
            assertThat(key.trail().ago(0)).isEmpty();
            for (int n = 0; n < 3000; n++) {
                all.add(new Image(id(random, longest), random.nextLong()));
                key.trail().add(all.get(n));
                if (random.nextInt(100) == 0) {
                    state.write(key);
                    key = key(state);
                }
                if (n % 500 == 499 || n < 3) {
                    assertTrail(key.trail(), all, random);
                }
            }
        });
    }

    /** Surrogates, whole or not, take most bytes; so many images are kept all the same, in so many bytes. */
    @Test
    void theLongestIdsLeaveRoomForSevenHundredSixtyEightImages() throws Exception {
        with(state -> {
            ImageTrail trail = state.trail();
            for (int n = 0; n < 5000; n++) {
                trail.add(new Image(String.format("%04d", n) + "\ud83d".repeat(252), n));
                assertThat(trail.newest().images().length).isLessThan(4096);
            }
            for (int age = 0; age < 768; age++) {
                assertThat(trail.ago(age).orElseThrow().eventTime()).isEqualTo(4999 - age);
            }
            assertThat(trail.ago(800)).as("what is older goes").isEmpty();
        });
    }

    @Test
    void aKeyThatIsClearedLeavesNoImage() throws Exception {
        with(state -> {
            LiveLearner key = key(state);
            for (int n = 0; n < 1000; n++) {
                key.trail().add(new Image("image-" + n, n));
            }
            state.write(key);
            state.clear();
            assertThat(state.trail().ago(0)).isEmpty();
            LiveLearner fresh = key(state);
            for (int n = 0; n < 300; n++) {
                fresh.trail().add(new Image("other-" + n, n));
            }
            assertThat(fresh.trail().ago(299)).hasValue(new Image("other-0", 0));
            assertThat(fresh.trail().ago(300)).isEmpty();
        });
    }

    private static LiveLearner.Pending pending(String id) {
        return new LiveLearner.Pending(
                Records.source(0, new byte[1]), new Frame(id, 7, new byte[TinyLearners.SHAPE.size()], null));
    }

    /** What a learner is not given because it has failed is not counted, or all ages would be wrong after a release. */
    @Test
    void onlyImagesThatTheLearnerObservesAreInIt() throws Exception {
        with(state -> {
            LiveLearner key = key(state);
            for (String id : List.of("a", "b", "c", "d")) {
                key.add(pending(id));
                List<ImagePrediction> answers = key.learner().predict(List.of(new byte[TinyLearners.SHAPE.size()]));
                key.answered(pending(id), answers.get(0));
            }
            key.begin(2);
            key.fail();
            key.add(pending("e"));
            key.takeAll();
            assertThat(key.trail().ago(0)).hasValue(new Image("b", 7));
            assertThat(key.trail().ago(1)).hasValue(new Image("a", 7));
            assertThat(key.trail().ago(2)).isEmpty();
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void evidenceIsNamedAsFarAsItsImagesAreKnown(long seed) throws Exception {
        with(state -> {
            SplittableRandom random = new SplittableRandom(seed);
            ImageTrail trail = state.trail(); // as of a release that kept none, the learner's ages go further back
            int count = random.nextInt(300);
            for (int n = 0; n < count; n++) {
                trail.add(new Image("image-" + n, 1000 + n));
            }
            List<Long> ages = random.longs(6, 0, 400).boxed().toList();
            long images = random.nextLong(400);
            Evidence evidence = new Evidence(OptionalDouble.of(0.5), images, ages.subList(0, 3), ages.subList(3, 6));
            NamedEvidence named = NamedEvidence.of(Optional.of(evidence), trail);
            assertThat(named.evidence()).hasValue(evidence);
            assertThat(named.before()).isEqualTo(ids(ages.subList(0, 3), count));
            assertThat(named.after()).isEqualTo(ids(ages.subList(3, 6), count));
            assertThat(named.began())
                    .isEqualTo(
                            images > 0 && images <= count
                                    ? Optional.of(Instant.ofEpochMilli(1000 + count - images))
                                    : Optional.empty());
            assertThat(NamedEvidence.of(Optional.empty(), trail).began()).isEmpty();
        });
    }

    private static List<String> ids(List<Long> ages, int count) {
        return ages.stream()
                .filter(age -> age < count)
                .map(age -> "image-" + (count - 1 - age))
                .toList();
    }
}
