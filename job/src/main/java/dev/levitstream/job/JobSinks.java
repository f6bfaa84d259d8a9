package dev.levitstream.job;

import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * Where results go.
 *
 * @param predictions one per accepted image
 * @param componentsCreated one per expansion
 * @param deadLetters one per record that could not be used
 * @param events what happened to streams and to the input besides
 */
public record JobSinks(
        Sink<Prediction> predictions,
        Sink<ComponentCreated> componentsCreated,
        Sink<DeadLetter> deadLetters,
        Sink<StreamEvent> events) {}
