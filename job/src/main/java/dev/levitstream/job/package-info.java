/** The Flink job: options, Kafka endpoints, graph. Wiring only; what is learnt and how lies in the operators. */
@NullMarked
package dev.levitstream.job;

import org.jspecify.annotations.NullMarked;
