package dev.levitstream.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.nn.engine.NumericException;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A learner whose numbers fail leaves those beside it alone. */
class FleetFailureTest {
    /** A real learner whose work fails at its end. */
    private record Failing(Learner inner) implements Learner {
        @Override
        public List<ImagePrediction> predict(List<LabelledImage> images) {
            return inner.predict(images);
        }

        @Override
        public Answers answer(List<LabelledImage> images) {
            return inner.answer(images);
        }

        @Override
        public void begin() {
            inner.begin();
        }

        @Override
        public void abandon() {
            inner.abandon();
        }

        @Override
        public boolean isBlank() {
            return inner.isBlank();
        }

        @Override
        public long step() {
            return inner.step();
        }

        @Override
        public boolean isLearning() {
            return inner.isLearning();
        }

        @Override
        public Optional<Update> nextUpdate() {
            return inner.nextUpdate();
        }

        @Override
        public Lesson conclude() {
            throw new NumericException("no number", new IllegalStateException());
        }

        @Override
        public Optional<Expansion> onEvent(LearnerEvent event) {
            return inner.onEvent(event);
        }

        @Override
        public boolean admits(Set<String> labels) {
            return inner.admits(labels);
        }

        @Override
        public List<StateEntry> state() {
            return inner.state();
        }

        @Override
        public List<ComponentAnswers> everyAnswer(List<LabelledImage> images) {
            return inner.everyAnswer(images);
        }

        @Override
        public List<ComponentProfile> profiles(int generated) {
            return inner.profiles(generated);
        }

        @Override
        public LearnerDescription describe() {
            return inner.describe();
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    @ParameterizedTest
    @EnumSource(LearnerKind.class)
    void theOthersOfAFleetComeToTheirBytes(LearnerKind kind) {
        LearnerOptions options = TinyLearners.eager(TinyLearners.options(kind));
        List<LabelledImage> images = LearnerContractTest.stream(1);
        try (Learner good = TinyLearners.open(options, 1);
                Learner alone = TinyLearners.open(options, 1);
                Learner bad = new Failing(TinyLearners.open(options, 2))) {
            for (int i = 0; i < 80; i += 4) {
                List<LabelledImage> batch = images.subList(i, i + 4);
                alone.observe(batch);
                List<Learner> fleet = new ArrayList<>(List.of(bad, good));
                fleet.forEach(learner -> learner.answer(batch));
                fleet.forEach(Learner::begin);
                List<Slice> slices = Fleet.learn(fleet, Integer.MAX_VALUE);
                assertThat(slices.get(0).failure())
                        .hasValueSatisfying(e -> assertThat(e).hasMessage("no number"));
                assertThat(slices.get(0).lesson()).isEmpty();
                assertThat(slices.get(1).lesson()).isPresent();
                assertThatThrownBy(() -> bad.learn(1)).isInstanceOf(NumericException.class);
                bad.abandon();
            }
            Map<String, byte[]> expected = TinyLearners.state(alone);
            TinyLearners.state(good)
                    .forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(expected.get(name)));
        }
    }
}
