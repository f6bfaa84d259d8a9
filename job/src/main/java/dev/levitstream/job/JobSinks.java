package dev.levitstream.job;

import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import java.util.Optional;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * Where results go. Each task has sinks of its own, also where they write to the same topic.
 *
 * @param predictions one per accepted image
 * @param fast the same at once, and some again after a failure; it must keep no state, so that state with it is
 *     restored without it
 * @param componentsCreated one per expansion
 * @param deadLetters one per image that its stream could not use
 * @param events what happened to streams besides
 * @param inputDeadLetters one per record that is no image
 * @param embedDeadLetters one per image that the backbone cannot embed; unused without a backbone
 * @param inputEvents what happened to the input
 */
public record JobSinks(
        Sink<Prediction> predictions,
        Optional<Sink<Prediction>> fast,
        Sink<ComponentCreated> componentsCreated,
        Sink<DeadLetter> deadLetters,
        Sink<StreamEvent> events,
        Sink<DeadLetter> inputDeadLetters,
        Sink<DeadLetter> embedDeadLetters,
        Sink<StreamEvent> inputEvents) {}
