/**
 * A real cluster for tests: Kafka broker, ZooKeeper, JobManager and TaskManagers are processes of their own, started
 * from the jars of the distribution, as a user would; they can be killed at any moment.
 */
@NullMarked
package dev.levitstream.cluster;

import org.jspecify.annotations.NullMarked;
