/**
 * Speed, always measured against something else in the same process run: networks against PyTorch, learners against
 * each other, the whole job against the learner alone and against a Python consumer.
 */
@NullMarked
package dev.levitstream.bench.speed;

import org.jspecify.annotations.NullMarked;
