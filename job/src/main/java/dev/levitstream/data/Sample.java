package dev.levitstream.data;

import dev.levitstream.common.ImageShape;
import dev.levitstream.schema.Encoding;
import java.io.IOException;

/**
 * One image that can be published.
 *
 * @param label true class
 * @param shape its size
 * @param encoding of its content
 * @param content gives the bytes when they are needed
 */
public record Sample(String label, ImageShape shape, Encoding encoding, Content content) {
    /** Bytes on demand. */
    public interface Content {
        /**
         * The encoded image.
         *
         * @throws IOException if a file cannot be read
         */
        byte[] bytes() throws IOException;
    }

    /** An image whose bytes lie in memory, unencoded. */
    public static Sample raw(String label, ImageShape shape, byte[] pixels) {
        return new Sample(label, shape, Encoding.RAW, () -> pixels);
    }
}
