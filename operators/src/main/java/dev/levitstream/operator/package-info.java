/**
 * Flink around one learner per stream key.
 *
 * <p>Life of a record: {@link dev.levitstream.operator.ReceivedRecord} bytes from Kafka;
 * {@link dev.levitstream.operator.FrameReader}, in the task that reads them, makes a
 * {@link dev.levitstream.operator.Frame} of them, by the {@link dev.levitstream.operator.InputFormat} and the
 * {@link dev.levitstream.operator.FrameDecoder}; where learners take what a backbone makes of images,
 * {@link dev.levitstream.operator.EmbedOperator} in the same task puts it in the place of the pixels; a
 * {@link dev.levitstream.operator.KeyedRecord} takes it to the task of its key, where
 * {@link dev.levitstream.operator.LearnerOperator} has the learner answer it at once, and learns from it when its batch
 * is closed. Whatever cannot be used leaves as a dead letter with its original bytes, from any of these operators.
 *
 * <p>State of a key ({@link dev.levitstream.operator.LearnerStore}): the learner's entries, frozen components in a map
 * of their own that is written once per component, and the records that wait, with their frames
 * ({@link dev.levitstream.operator.PendingFrame}), so that a restore decodes nothing, the key's times, and which images
 * the learner observed last ({@link dev.levitstream.operator.ImageTrail}): a learner names images by their age, an
 * event by their id ({@link dev.levitstream.operator.NamedEvidence}). Live learners are a write-back cache over it, of
 * bounded size: a checkpoint writes the entries that changed since the last one, and so does a learner that leaves
 * memory because its key was silent longest. It is rebuilt when its key's next image arrives; moving keys between
 * subtasks moves their state whole.
 *
 * <p>Work of a key: images are answered as they come, all of a batch with the state of the moment when the work for the
 * batch before ended. Once the batch is closed the learner learns from it in slices, each driven by a timer of the key,
 * between which records of other keys and checkpoints pass; the key's own images wait meanwhile. When two batches wait,
 * each further image of the key does a slice itself: that holds back its input, and the next batch is answered no later
 * than it is full. Which images make a batch depends on the key's records alone, so outputs do not depend on when
 * anything happens.
 *
 * <p>Whose trouble is what. A record that cannot be used is its own: a dead letter with its reason. Numbers that the
 * engine cannot compute with ({@link dev.levitstream.nn.engine.NumericException}) and answers that are no numbers are
 * the key's: it is quarantined, which means that it learns no more, its images are answered by the learner as it was or
 * become dead letters ({@link dev.levitstream.operator.KeyOptions.Failure}), an event says so once, and an option ends
 * it. State that this release or these options cannot read is the operator's of the job: the job ends with one line and
 * is not retried. Everything else, a broken invariant, memory that ran out, a disk or a broker that fails, is the
 * process's: the task fails loudly, and Flink restarts it from the last checkpoint.
 *
 * <p>Why state is written in an operator of our own: a process function that writes keyed state in its snapshot hook
 * writes all of it to the key it saw last, without an error. Here the current key is set for each.
 *
 * <p>Why batches never close because of a checkpoint: what is learnt would depend on when checkpoints happen.
 */
@NullMarked
package dev.levitstream.operator;

import org.jspecify.annotations.NullMarked;
