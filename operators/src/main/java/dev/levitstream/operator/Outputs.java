package dev.levitstream.operator;

import dev.levitstream.learner.Evidence;
import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.Routed;
import dev.levitstream.learner.Verdict;
import dev.levitstream.schema.ClassScore;
import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.EventKind;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.schema.WireFormat;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/** What leaves: messages, and the side outputs of those that are no predictions. */
public final class Outputs {
    /** Expansions of all learners. */
    public static final OutputTag<ComponentCreated> COMPONENTS_CREATED =
            new OutputTag<>("components-created", new AvroTypeInfo<>(ComponentCreated.class));

    /** Records that could not be used. */
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead-letters", new AvroTypeInfo<>(DeadLetter.class));

    /** What happened to streams and to the input besides. */
    public static final OutputTag<StreamEvent> EVENTS =
            new OutputTag<>("events", new AvroTypeInfo<>(StreamEvent.class));

    /** The wire's id for an answer of no component. */
    private static final int NO_COMPONENT = 0;

    private Outputs() {}

    /**
     * The answer to one image.
     *
     * @param mostScores scores that it may have (count); the others are summed
     */
    static Prediction prediction(String streamKey, Frame frame, ImagePrediction answer, int mostScores) {
        Optional<Routed> routed = answer.routed();
        int[] kept = Excerpt.highest(answer.scores(), mostScores);
        List<ClassScore> scores = new ArrayList<>(kept.length);
        for (int i : kept) {
            scores.add(new ClassScore(answer.labels().get(i), answer.scores()[i]));
        }
        return new Prediction(
                streamKey,
                frame.imageId(),
                Instant.ofEpochMilli(frame.eventTime()),
                answer.label().orElse(null),
                scores,
                routed.map(Routed::componentId).orElse(NO_COMPONENT),
                routed.map(Routed::novelty).orElse(Float.NaN),
                routed.map(Routed::noveltyThreshold)
                        .filter(threshold -> !threshold.isNaN())
                        .orElse(null),
                answer.step(),
                Excerpt.others(answer.scores(), kept),
                answer.scores().length - kept.length);
    }

    /** @param eventTime of the key's last image that was answered (milliseconds since 1970) */
    static ComponentCreated componentCreated(
            String streamKey, Expansion expansion, NamedEvidence evidence, long eventTime) {
        return new ComponentCreated(
                streamKey,
                expansion.componentId(),
                expansion.step(),
                Instant.ofEpochMilli(eventTime),
                expansion.verdict().map(Verdict::distance).orElse(null),
                expansion.verdict().map(Verdict::threshold).orElse(null),
                expansion.componentCount(),
                expansion.imagesSeen(),
                evidence.evidence().map(Evidence::images).orElse(null),
                evidence.began().orElse(null),
                probability(evidence),
                evidence.before(),
                evidence.after(),
                orNull(expansion.nearest()));
    }

    private static @Nullable Double probability(NamedEvidence evidence) {
        OptionalDouble known = evidence.evidence().map(Evidence::probability).orElse(OptionalDouble.empty());
        return known.isPresent() ? known.getAsDouble() : null;
    }

    private static @Nullable Integer orNull(OptionalInt component) {
        return component.isPresent() ? component.getAsInt() : null;
    }

    /**
     * Something that happened to a key.
     *
     * @param eventTime of the key's image at which it happened (milliseconds since 1970)
     * @param quarantines of the key so far (count)
     */
    static StreamEvent event(EventKind kind, String streamKey, long eventTime, int quarantines, String reason) {
        return new StreamEvent(
                kind,
                streamKey,
                Instant.ofEpochMilli(eventTime),
                null,
                null,
                null,
                (long) quarantines,
                reason,
                null,
                null,
                null,
                List.of(),
                List.of(),
                null);
    }

    /**
     * Something that a key's learner noticed.
     *
     * @param eventTime of the key's last image that was answered (milliseconds since 1970)
     */
    static StreamEvent event(String streamKey, LearnerNotice notice, NamedEvidence evidence, long eventTime) {
        EventKind kind = switch (notice.kind()) {
            case LABELS_CHANGED -> EventKind.LABELS_CHANGED;
            case WORLD_RETURNED -> EventKind.WORLD_RETURNED;
            case STREAM_FROZEN -> EventKind.STREAM_FROZEN;
            case WORLDS_MERGED -> EventKind.WORLDS_MERGED;
        };
        return new StreamEvent(
                kind,
                streamKey,
                Instant.ofEpochMilli(eventTime),
                null,
                null,
                null,
                null,
                notice.reason(),
                probability(evidence),
                evidence.evidence().map(Evidence::images).orElse(null),
                evidence.began().orElse(null),
                evidence.before(),
                evidence.after(),
                orNull(notice.component()));
    }

    /** The dead letter of a record, with the beginning alone of a value that no message of ours could carry. */
    static DeadLetter deadLetter(SourceRecord source, String reason) {
        byte[] value = source.value();
        DeadLetter letter = new DeadLetter(
                source.topic(),
                source.partition(),
                source.offset(),
                Instant.ofEpochMilli(source.timestamp()),
                reason,
                value == null ? null : ByteBuffer.wrap(value),
                null,
                null);
        return Excerpt.ofBytes(letter, WireFormat.MAX_MESSAGE_BYTES);
    }
}
