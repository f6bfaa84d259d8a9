/**
 * What crosses Kafka. The {@code .avsc} files are the contract and the classes beside them are generated;
 * {@link dev.levitstream.schema.WireFormat} is the only place that frames and unframes records.
 *
 * <p>Why single-object encoding: each message names its schema by a 64-bit fingerprint (10 bytes in all), so a reader
 * needs no registry server and still tells a foreign record from a truncated one.
 */
@NullMarked
package dev.levitstream.schema;

import org.jspecify.annotations.NullMarked;
