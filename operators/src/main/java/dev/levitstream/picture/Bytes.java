package dev.levitstream.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers at places of a picture; a place behind its end is refused, so that no header can lie about lengths. */
final class Bytes {
    private final ByteBuffer buffer;

    /** @param array borrowed */
    Bytes(byte[] array, ByteOrder order) {
        this.buffer = ByteBuffer.wrap(array).order(order);
    }

    int length() {
        return buffer.limit();
    }

    int unsigned8(long at) {
        return buffer.get(within(at, 1)) & 0xFF;
    }

    int unsigned16(long at) {
        return buffer.getShort(within(at, 2)) & 0xFFFF;
    }

    int unsigned24(long at) {
        return unsigned16(at) | unsigned8(at + 2) << 16;
    }

    int signed32(long at) {
        return buffer.getInt(within(at, 4));
    }

    long unsigned32(long at) {
        return signed32(at) & 0xFFFFFFFFL;
    }

    /**
     * A range of bytes that must be there.
     *
     * @return where it begins
     */
    int within(long from, long length) {
        if (from < 0 || length < 0 || from > buffer.limit() - length) {
            throw new PictureException(
                    "bytes " + from + " to " + (from + length), "cut", "must be whole; there are " + buffer.limit());
        }
        return (int) from;
    }
}
