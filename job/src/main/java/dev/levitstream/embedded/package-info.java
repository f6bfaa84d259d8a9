/**
 * Kafka and Flink inside this process, for the commands, the benchmarks and tests: a broker, a cluster that runs the
 * job, a publisher of images, a reader of results, and the folders they work in.
 */
@NullMarked
package dev.levitstream.embedded;

import org.jspecify.annotations.NullMarked;
