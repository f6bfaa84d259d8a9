package dev.levitstream.data;

import dev.levitstream.common.ImageShape;
import dev.levitstream.picture.PictureDecoder;
import dev.levitstream.picture.PictureException;
import dev.levitstream.picture.PictureFormat;
import dev.levitstream.schema.Encoding;
import java.awt.image.BufferedImage;
import java.io.IOException;
import net.coobird.thumbnailator.Thumbnails;

/**
 * Brings images of any size to one shape: pictures are decoded as the job does it, then scaled (bilinear); grey is
 * repeated over colours, colours become luma.
 */
public final class Rescaling {
    private Rescaling() {}

    /**
     * Pixels of an image in a shape.
     *
     * @param shape of 1 or 3 channels
     * @return H W C unsigned bytes
     * @throws IOException if it is no readable picture
     */
    public static byte[] pixels(Image image, ImageShape shape) throws IOException {
        byte[] bytes = image.bytes();
        ImageShape own = image.shape();
        boolean fits = own.height() == shape.height() && own.width() == shape.width();
        if (image.encoding() != Encoding.RAW) {
            return fits
                    ? decoded(image.encoding(), bytes, shape)
                    : scaled(decoded(image.encoding(), bytes, own), own, shape);
        }
        return own.equals(shape) ? bytes : scaled(bytes, own, shape);
    }

    private static byte[] scaled(byte[] pixels, ImageShape own, ImageShape shape) throws IOException {
        BufferedImage picture = picture(pixels, own);
        boolean fits = own.height() == shape.height() && own.width() == shape.width();
        return bytes(
                fits
                        ? picture
                        : Thumbnails.of(picture)
                                .forceSize(shape.width(), shape.height())
                                .asBufferedImage(),
                shape);
    }

    /** By the rules of the job. */
    private static byte[] decoded(Encoding encoding, byte[] content, ImageShape shape) throws IOException {
        PictureFormat format = encoding == Encoding.PNG ? PictureFormat.PNG : PictureFormat.JPEG;
        try {
            return PictureDecoder.decode(format, content, shape);
        } catch (PictureException e) {
            throw new IOException("a picture of " + content.length + " bytes is not readable: " + e.getMessage(), e);
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

    private static byte[] bytes(BufferedImage picture, ImageShape shape) {
        byte[] bytes = new byte[shape.size()];
        int channels = shape.channels();
        for (int i = 0; i < shape.width() * shape.height(); i++) {
            int rgb = picture.getRGB(i % shape.width(), i / shape.width());
            int red = rgb >> 16 & 0xFF;
            int green = rgb >> 8 & 0xFF;
            int blue = rgb & 0xFF;
            if (channels == 1) {
                bytes[i] = (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000); // ITU-R BT.601
            } else {
                bytes[i * channels] = (byte) red;
                bytes[i * channels + 1] = (byte) green;
                bytes[i * channels + 2] = (byte) blue;
            }
        }
        return bytes;
    }
}
