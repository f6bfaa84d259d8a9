package dev.levitstream.data;

import dev.levitstream.common.ImageShape;
import dev.levitstream.picture.PictureSize;
import dev.levitstream.schema.Encoding;
import java.io.IOException;
import java.util.Optional;

/**
 * One image that can be published.
 *
 * @param label true class, where it is known
 * @param content gives the image when it is needed
 */
public record Sample(Optional<String> label, Content content) {
    /** An image on demand. */
    public interface Content {
        /**
         * Reads it.
         *
         * @throws IOException with one line that names the file, if it cannot be read or is no picture
         */
        Image read() throws IOException;
    }

    /** An image whose bytes lie in memory, unencoded. */
    public static Sample raw(String label, ImageShape shape, byte[] pixels) {
        Image image = new Image(new PictureSize(shape.height(), shape.width(), shape.channels()), Encoding.RAW, pixels);
        return new Sample(Optional.of(label), () -> image);
    }
}
