package dev.levitstream.job;

import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * Where results go. Each task has sinks of its own, also where they write to the same topic.
 *
 * @param predictions one per accepted image
 * @param componentsCreated one per expansion
 * @param deadLetters one per record of a stream that could not be used
 * @param events what happened to streams besides
 * @param withoutKey dead letters of records that name no stream
 * @param inputEvents what happened to the input
 */
public record JobSinks(
        Sink<Prediction> predictions,
        Sink<ComponentCreated> componentsCreated,
        Sink<DeadLetter> deadLetters,
        Sink<StreamEvent> events,
        Sink<DeadLetter> withoutKey,
        Sink<StreamEvent> inputEvents) {}
