package dev.levitstream.data;

import dev.levitstream.common.ImageShape;
import dev.levitstream.picture.Picture;
import dev.levitstream.picture.PictureException;
import dev.levitstream.picture.PictureOptions;
import dev.levitstream.picture.PictureSize;
import dev.levitstream.schema.Encoding;
import java.awt.image.BufferedImage;
import java.io.IOException;

/** Images of any format and size, decoded and brought to one shape as the job does it by default. */
public final class Rescaling {
    private Rescaling() {}

    /**
     * A picture in a file of any format that the job reads; it is checked, and decoded where it is learnt.
     *
     * @param bytes of the whole file; taken
     * @throws PictureException if it is none
     */
    static Image image(byte[] bytes) {
        Picture picture = Picture.of(bytes, PictureOptions.DEFAULT);
        Encoding encoding = switch (picture.format()) {
            case PNG -> Encoding.PNG; // which jobs of earlier releases read, too
            case JPEG -> Encoding.JPEG;
            case WEBP, GIF, BMP, TIFF -> Encoding.PICTURE;
        };
        return new Image(picture.size(), encoding, bytes);
    }

    /**
     * Pixels of an image in a shape.
     *
     * @param shape of 1 or 3 channels
     * @return H W C unsigned bytes
     * @throws IOException if it is no readable picture
     */
    public static byte[] pixels(Image image, ImageShape shape) throws IOException {
        byte[] bytes = image.bytes();
        if (image.encoding() == Encoding.RAW) {
            PictureSize own = image.size();
            return Picture.fit(
                    bytes, new ImageShape(own.height(), own.width(), own.channels()), shape, PictureOptions.DEFAULT);
        }
        try {
            return Picture.of(bytes, PictureOptions.DEFAULT).pixels(shape);
        } catch (PictureException e) {
            throw new IOException("a picture of " + bytes.length + " bytes is not readable: " + e.getMessage(), e);
        }
    }

    /** A picture of H W C unsigned bytes, C 1 or 3. */
    public static BufferedImage picture(byte[] pixels, ImageShape shape) {
        BufferedImage picture = new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
        int channels = shape.channels();
        for (int i = 0; i < shape.width() * shape.height(); i++) {
            int red = pixels[i * channels] & 0xFF;
            int green = channels == 1 ? red : pixels[i * channels + 1] & 0xFF;
            int blue = channels == 1 ? red : pixels[i * channels + 2] & 0xFF;
            picture.setRGB(i % shape.width(), i / shape.width(), red << 16 | green << 8 | blue);
        }
        return picture;
    }
}
