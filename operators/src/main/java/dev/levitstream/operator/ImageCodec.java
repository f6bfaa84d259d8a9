package dev.levitstream.operator;

import dev.levitstream.nn.ImageShape;
import dev.levitstream.schema.MalformedRecordException;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * PNG and JPEG to plain bytes, with the JDK's own readers. The size in the file's header is checked before any pixel is
 * decoded.
 */
final class ImageCodec {
    private ImageCodec() {}

    /**
     * Decodes a picture.
     *
     * @return H W C unsigned bytes
     * @throws MalformedRecordException if it is damaged or of another size
     */
    static byte[] decode(String topic, String format, byte[] bytes, ImageShape shape) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        ImageReader reader = readers.next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(in, true, true); // forward only, metadata ignored: text chunks are never unpacked
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            if (width != shape.width() || height != shape.height()) {
                throw new MalformedRecordException(
                        topic,
                        "bytes." + format,
                        height + "x" + width,
                        "must be " + shape.height() + "x" + shape.width() + " as declared");
            }
            return pixels(reader.read(0), shape);
        } catch (MalformedRecordException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // the readers throw both at damaged files
            throw new MalformedRecordException(topic, "bytes." + format, e, "must be a readable picture");
        } finally {
            reader.dispose();
        }
    }

    private static byte[] pixels(BufferedImage picture, ImageShape shape) {
        byte[] out = new byte[shape.size()];
        int at = 0;
        for (int y = 0; y < shape.height(); y++) {
            for (int x = 0; x < shape.width(); x++) {
                int rgb = isGrey(picture) ? grey(picture.getRaster(), x, y) * 0x010101 : picture.getRGB(x, y);
                if (shape.channels() == 1) {
                    out[at++] = (byte) luma(rgb);
                } else {
                    out[at++] = (byte) (rgb >> 16);
                    out[at++] = (byte) (rgb >> 8);
                    out[at++] = (byte) rgb;
                }
            }
        }
        return out;
    }

    /** Grey pictures are read from the raster: the JDK's conversion to RGB would bend their values by a gamma curve. */
    private static boolean isGrey(BufferedImage picture) {
        ColorModel colors = picture.getColorModel();
        return colors.getNumColorComponents() == 1 && !(colors instanceof IndexColorModel);
    }

    private static int grey(Raster raster, int x, int y) {
        int sample = raster.getSample(x, y, 0);
        return raster.getDataBuffer().getDataType() == DataBuffer.TYPE_USHORT ? sample >> 8 : sample;
    }

    /** ITU-R BT.601 luma, rounded; exact for grey. */
    private static int luma(int rgb) {
        int red = (rgb >> 16) & 0xFF;
        int green = (rgb >> 8) & 0xFF;
        int blue = rgb & 0xFF;
        return (299 * red + 587 * green + 114 * blue + 500) / 1000;
    }
}
