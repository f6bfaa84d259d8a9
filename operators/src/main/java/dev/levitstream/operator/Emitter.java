package dev.levitstream.operator;

import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.schema.EventKind;
import dev.levitstream.schema.MalformedRecordException;
import dev.levitstream.schema.Prediction;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Sends what the learner operator has to say to where it belongs. */
final class Emitter {
    private final Output<StreamRecord<Prediction>> output;
    private final LearnerMetrics metrics;
    private final int mostScores;

    /** @param mostScores in one prediction (count) */
    Emitter(Output<StreamRecord<Prediction>> output, LearnerMetrics metrics, int mostScores) {
        this.output = output;
        this.mostScores = mostScores;
        this.metrics = metrics;
    }

    void prediction(String streamKey, Frame frame, ImagePrediction answer) {
        Prediction prediction = Outputs.prediction(streamKey, frame, answer, mostScores);
        output.collect(new StreamRecord<>(prediction, frame.eventTime()));
    }

    void expansion(String streamKey, Expansion expansion, NamedEvidence evidence, long eventTime) {
        output.collect(
                Outputs.COMPONENTS_CREATED,
                new StreamRecord<>(Outputs.componentCreated(streamKey, expansion, evidence, eventTime), eventTime));
    }

    void event(EventKind kind, String streamKey, long eventTime, int quarantines, String reason) {
        output.collect(
                Outputs.EVENTS,
                new StreamRecord<>(Outputs.event(kind, streamKey, eventTime, quarantines, reason), eventTime));
    }

    void notice(String streamKey, LearnerNotice notice, NamedEvidence evidence, long eventTime) {
        output.collect(
                Outputs.EVENTS, new StreamRecord<>(Outputs.event(streamKey, notice, evidence, eventTime), eventTime));
    }

    void deadLetter(SourceRecord source, MalformedRecordException fault) {
        deadLetter(source, fault.part(), fault.reason());
    }

    /** @param part what is wrong in a word, one of a few */
    void deadLetter(SourceRecord source, String part, String reason) {
        metrics.deadLetter(part);
        output.collect(
                Outputs.DEAD_LETTERS, new StreamRecord<>(Outputs.deadLetter(source, reason), source.timestamp()));
    }
}
