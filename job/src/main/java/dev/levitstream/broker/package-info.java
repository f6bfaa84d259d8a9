/** A real Kafka broker inside this process, for the demo and for tests. */
@NullMarked
package dev.levitstream.broker;

import org.jspecify.annotations.NullMarked;
