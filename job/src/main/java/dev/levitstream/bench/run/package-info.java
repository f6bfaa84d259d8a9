/**
 * Benchmarks and their runs: named streams through the real learner, alone or in the whole job, and what is measured.
 *
 * <p>Every figure says how images were routed. Per-image figures are the headline: each test image is answered alone.
 * Task-set figures, for which one component is chosen per test set of a task, use a task identity that a stream does
 * not have; they stand in columns of their own because published figures of this family are of that kind.
 */
@NullMarked
package dev.levitstream.bench.run;

import org.jspecify.annotations.NullMarked;
