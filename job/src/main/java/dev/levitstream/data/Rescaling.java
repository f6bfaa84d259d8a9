package dev.levitstream.data;

import dev.levitstream.common.ImageShape;
import dev.levitstream.schema.Encoding;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import net.coobird.thumbnailator.Thumbnails;

/** Brings images of any size to one shape: bilinear, grey repeated over colours, colours to luminance. */
public final class Rescaling {
    private Rescaling() {}

    /**
     * Pixels of a sample in a shape.
     *
     * @param shape of 1 or 3 channels
     * @return H W C unsigned bytes
     * @throws IOException if it is no readable picture
     */
    public static byte[] pixels(Sample sample, ImageShape shape) throws IOException {
        byte[] content = sample.content().bytes();
        if (sample.encoding() == Encoding.RAW && sample.shape().equals(shape)) {
            return content;
        }
        BufferedImage picture = sample.encoding() == Encoding.RAW ? picture(content, sample.shape()) : decoded(content);
        boolean fits = picture.getWidth() == shape.width() && picture.getHeight() == shape.height();
        BufferedImage scaled = fits
                ? picture
                : Thumbnails.of(picture)
                        .forceSize(shape.width(), shape.height())
                        .asBufferedImage();
        return bytes(scaled, shape);
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

    private static BufferedImage decoded(byte[] content) throws IOException {
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(content));
        if (picture == null) {
            throw new IOException("a sample of " + content.length + " bytes is no readable picture");
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
                bytes[i] = (byte) Math.round(0.299 * red + 0.587 * green + 0.114 * blue); // ITU-R BT.601
            } else {
                bytes[i * channels] = (byte) red;
                bytes[i * channels + 1] = (byte) green;
                bytes[i * channels + 2] = (byte) blue;
            }
        }
        return bytes;
    }
}
