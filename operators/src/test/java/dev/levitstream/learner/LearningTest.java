package dev.levitstream.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.nn.engine.NumericException;
import dev.levitstream.testing.TinyLearners;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a slice of work does and reports. */
class LearningTest {
    /** A real learner whose check at the end of a batch fails. */
    private record Failing(Learner inner) implements Learner {
        @Override
        public List<ImagePrediction> predict(List<byte[]> images) {
            return inner.predict(images);
        }

        @Override
        public void observe(List<Observation> batch) {
            inner.observe(batch);
        }

        @Override
        public Optional<UnitOfWork> nextWork() {
            return inner.nextWork().map(unit -> unit.learns() ? unit : new Failure());
        }

        @Override
        public void abandon() {
            inner.abandon();
        }

        @Override
        public boolean onLabel(LabelledImage image) {
            return inner.onLabel(image);
        }

        @Override
        public Optional<Expansion> onEvent(LearnerEvent event) {
            return inner.onEvent(event);
        }

        @Override
        public long step() {
            return inner.step();
        }

        @Override
        public List<StateEntry> state() {
            return inner.state();
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

    private record Failure() implements UnitOfWork {
        @Override
        public WorkReport run() {
            throw new NumericException("no number", new IllegalStateException());
        }

        @Override
        public boolean learns() {
            return false;
        }
    }

    static Stream<String> methodsWithUpdates() {
        return TinyLearners.methods().filter(TinyLearners::learnsByUpdates);
    }

    @ParameterizedTest
    @MethodSource("methodsWithUpdates")
    void aFailureIsToldWithWhatWasDoneBeforeAndTheBatchCanBeGivenUp(String method) {
        LearnerOptions options = TinyLearners.eager(TinyLearners.options(method));
        List<LabelledImage> images = LearnerContractTest.stream(1);
        try (Learner bad = new Failing(TinyLearners.open(options, 2))) {
            for (int i = 0; i < 80; i += 4) {
                List<LabelledImage> batch = images.subList(i, i + 4);
                Learning.observe(bad, batch, Learning.predict(bad, batch));
                Slice slice = Learning.learn(bad, Integer.MAX_VALUE);
                assertThat(slice.failure())
                        .hasValueSatisfying(e -> assertThat(e).hasMessage("no number"));
                assertThat(slice.isDone()).isFalse();
                assertThat(slice.reports()).allMatch(WorkReport::isUpdate);
                assertThatThrownBy(slice::orElseThrow).isInstanceOf(NumericException.class);
                bad.abandon();
                assertThat(bad.nextWork()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("methodsWithUpdates")
    void aSliceHasNoMoreUpdatesThanAskedForAndTheCheckComesWithTheLast(String method) {
        LearnerOptions options = TinyLearners.eager(TinyLearners.options(method));
        List<LabelledImage> images = LearnerContractTest.stream(1);
        try (Learner learner = TinyLearners.open(options, 1)) {
            for (int i = 0; i < 40; i += 4) {
                Learning.observe(learner, images.subList(i, i + 4));
            }
            List<LabelledImage> batch = images.subList(40, 44);
            Learning.observe(learner, batch, Learning.predict(learner, batch));
            Slice first = Learning.learn(learner, 3);
            assertThat(first.reports()).hasSize(3).allMatch(WorkReport::isUpdate);
            assertThat(first.isDone()).isFalse();
            Slice second = Learning.learn(learner, 3);
            assertThat(second.reports()).hasSize(2);
            assertThat(second.reports().get(1).isUpdate()).isFalse();
            assertThat(second.isDone()).isTrue();
            assertThat(Learning.learn(learner, 3).reports()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("methodsWithUpdates")
    void everyUpdateReportsItsLossesAndSamples(String method) {
        LearnerOptions options = TinyLearners.eager(TinyLearners.options(method));
        List<LabelledImage> images = LearnerContractTest.stream(1);
        int updates = 0;
        try (Learner learner = TinyLearners.open(options, 1)) {
            for (int i = 0; i < 120; i += 4) {
                Outcome outcome = Learning.observe(learner, images.subList(i, i + 4));
                List<WorkReport> learnt = outcome.reports().stream()
                        .filter(report -> report.kind().equals(WorkReport.UPDATE))
                        .toList();
                assertThat(learnt).allSatisfy(report -> {
                    assertThat(report.samples()).isBetween(1, 16);
                    assertThat(report.finite()).isTrue();
                    assertThat(report.losses())
                            .hasSizeBetween(1, TinyLearners.isLevit(method) ? 2 : 1)
                            .containsKey(TinyLearners.isLevit(method) ? "vae" : "cross-entropy");
                    assertThat(report.losses().values())
                            .allSatisfy(loss -> assertThat(loss).isFinite());
                });
                assertThat(outcome.updates()).isEqualTo(learnt.size());
                updates += learnt.size();
            }
        }
        assertThat(updates).isGreaterThan(50);
    }
}
