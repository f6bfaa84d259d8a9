package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.Routed;
import dev.levitstream.schema.ClassScore;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.testing.TinyLearners;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class OutputsTest {
    private static final ImagePrediction ANSWER = new ImagePrediction(
            List.of("a", "b", "c", "d", "e"),
            new float[] {0.125f, 0.25f, 0.125f, 0.375f, 0.125f},
            9,
            Optional.of(new Routed(1, 2, Float.NaN)),
            Optional.empty());

    private static Frame frame(long time) {
        byte[] pixels = new byte[TinyLearners.SHAPE.size()];
        return new Frame("i", time, pixels, "a");
    }

    private static Prediction prediction(int mostScores) {
        return Outputs.prediction("k", frame(5), ANSWER, mostScores);
    }

    @Test
    void aPredictionKeepsItsHighestScoresInOrderOfFirstSightAndSumsTheOthers() {
        Prediction cut = prediction(3); // of the three equal ones the first stays
        assertThat(cut.getScores())
                .containsExactly(new ClassScore("a", 0.125f), new ClassScore("b", 0.25f), new ClassScore("d", 0.375f));
        assertThat(cut.getOtherScore()).isEqualTo(0.25f);
        assertThat(cut.getOtherClasses()).isEqualTo(2);
        assertThat(cut.getPredictedLabel()).isEqualTo("d");
        assertThat(Excerpt.ofScores(prediction(5), 3)).as("at once or later").isEqualTo(cut);
        assertThat(Excerpt.ofScores(prediction(4), 3)).as("twice").isEqualTo(cut);
    }

    @Test
    void aPredictionOfNoMoreClassesThanItMayHaveIsWhole() {
        assertThat(prediction(5)).isEqualTo(prediction(100));
        assertThat(prediction(5).getScores()).hasSize(5);
        assertThat(prediction(5).getOtherScore()).isZero();
        assertThat(prediction(5).getOtherClasses()).isZero();
    }

    @Test
    void whatALearnerDoesNotHaveIsAbsent() {
        ImagePrediction plain = new ImagePrediction(List.of("a"), new float[] {1}, 3);
        Prediction prediction = Outputs.prediction("k", frame(5), plain, 5);
        assertThat(prediction.getComponentId()).isZero();
        assertThat(prediction.getNovelty()).isNaN();
        assertThat(prediction.getNoveltyThreshold()).isNull();
        assertThat(prediction.getLearnerStep()).isEqualTo(3);
        assertThat(prediction(5).getComponentId()).isEqualTo(1);
        assertThat(prediction(5).getNovelty()).isEqualTo(2f);
    }

    static LongStream times() {
        return LongStream.of(Long.MIN_VALUE, -1, 0, 1_700_000_000_000_000_000L, Long.MAX_VALUE);
    }

    @ParameterizedTest
    @MethodSource("times")
    void anyEventTimeComesBackAsItWas(long time) {
        Prediction prediction = Outputs.prediction("k", frame(time), ANSWER, 5);
        assertThat(prediction.getEventTime().toEpochMilli()).isEqualTo(time);
        DeadLetter letter = Outputs.deadLetter(new SourceRecord("t", 0, 1, time, null), "why");
        assertThat(letter.getTimestamp().toEpochMilli()).isEqualTo(time);
    }

    @ParameterizedTest
    @EnumSource(LearnerNotice.Kind.class)
    void whatALearnerNoticesIsAnEventOfItsKind(LearnerNotice.Kind kind) {
        LearnerNotice notice = new LearnerNotice(kind, Optional.empty(), OptionalInt.of(3), "why");
        StreamEvent event = Outputs.event(
                "k", notice, new NamedEvidence(Optional.empty(), Optional.empty(), List.of(), List.of()), 5);
        assertThat(event.getKind()).hasToString(kind.name());
        assertThat(event.getStreamKey()).isEqualTo("k");
        assertThat(event.getEventTime().toEpochMilli()).isEqualTo(5);
        assertThat(event.getReason()).isEqualTo("why");
        assertThat(event.getProbability()).isNull();
    }

    @Test
    void aLetterThatIsCutTwiceTellsOfTheWholeRecord() {
        byte[] value = {1, 2, 3, 4, 5, 6};
        DeadLetter whole = Outputs.deadLetter(Records.source(0, value), "why");
        DeadLetter once = Excerpt.ofBytes(whole, 2);
        assertThat(once.getBytes()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
        assertThat(once.getLength()).isEqualTo(6);
        assertThat(Excerpt.ofBytes(Excerpt.ofBytes(whole, 4), 2)).isEqualTo(once);
        assertThat(Excerpt.ofBytes(whole, 6)).isSameAs(whole);
    }
}
