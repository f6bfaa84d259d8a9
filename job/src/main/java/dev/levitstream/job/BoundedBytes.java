package dev.levitstream.job;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Bytes as they are, up to a limit; what is behind it is left out, so that no record takes more than that for longer
 * than it takes to look at.
 *
 * @param limit most bytes that are kept
 */
record BoundedBytes(int limit) implements Deserializer<byte[]> {
    @Override
    public byte[] deserialize(String topic, byte[] data) {
        return data.length <= limit ? data : Arrays.copyOf(data, limit);
    }

    @Override
    public byte[] deserialize(String topic, Headers headers, ByteBuffer data) {
        byte[] kept = new byte[Math.min(limit, data.remaining())];
        data.get(kept);
        return kept;
    }
}
