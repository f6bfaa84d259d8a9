/**
 * Flink around one learner per stream key.
 *
 * <p>Life of a record: {@link dev.levitstream.operator.SourceRecord} bytes from Kafka;
 * {@link dev.levitstream.operator.StreamKeyReader} reads the stream key;
 * {@link dev.levitstream.operator.LearnerOperator} decodes the image ({@link dev.levitstream.operator.FrameDecoder}),
 * collects a batch, lets the learner predict and then learn, and emits one prediction per image. Whatever cannot be
 * used leaves as a dead letter with its original bytes.
 *
 * <p>State of a key ({@link dev.levitstream.operator.LearnerStore}): the learner's entries, frozen components in a map
 * of their own that is written once per component, and the records of the batch that is not full yet. Live learners are
 * a write-back cache over it: a checkpoint writes the entries that changed since the last one. After a restore a
 * learner is rebuilt when its key's next image arrives; moving keys between subtasks moves their state whole.
 *
 * <p>Why state is written in an operator of our own: a process function that writes keyed state in its snapshot hook
 * writes all of it to the key it saw last, without an error. Here the current key is set for each.
 *
 * <p>Why batches never close because of a checkpoint: what is learnt would depend on when checkpoints happen.
 */
@NullMarked
package dev.levitstream.operator;

import org.jspecify.annotations.NullMarked;
