package dev.levitstream.picture;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** JPEGs of the JDK's writer, taken apart and put together again. */
final class Jpegs {
    static final byte[] SOI = Pngs.bytes(0xFF, 0xD8);
    static final byte[] EOI = Pngs.bytes(0xFF, 0xD9);

    private static final int SOS = 0xDA;

    private Jpegs() {}

    /** Segments between SOI and EOI; an SOS with its scan. */
    static List<byte[]> segments(byte[] jpeg) {
        List<byte[]> segments = new ArrayList<>();
        int at = 2;
        while ((jpeg[at + 1] & 0xFF) != 0xD9) {
            int end = at + 2 + JpegStructure.unsigned16(jpeg, at + 2);
            if ((jpeg[at + 1] & 0xFF) == SOS) {
                while (jpeg[end] != (byte) 0xFF || jpeg[end + 1] == 0 || (jpeg[end + 1] & 0xF8) == 0xD0) {
                    end++;
                }
            }
            segments.add(Arrays.copyOfRange(jpeg, at, end));
            at = end;
        }
        return segments;
    }

    static byte[] joined(List<byte[]> segments) {
        return Pngs.joined(SOI, Pngs.joined(segments.toArray(byte[][]::new)), EOI);
    }

    /** The JPEG with segments behind its SOI. */
    static byte[] with(byte[] jpeg, byte[]... segments) {
        return Pngs.joined(SOI, Pngs.joined(segments), Arrays.copyOfRange(jpeg, 2, jpeg.length));
    }

    static boolean is(byte[] segment, int marker) {
        return (segment[1] & 0xFF) == marker;
    }

    static byte[] segment(int marker, byte... content) {
        int length = content.length + 2;
        return Pngs.joined(Pngs.bytes(0xFF, marker, length >> 8, length), content);
    }

    static byte[] adobe(int transform) {
        return segment(0xEE, Pngs.bytes('A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, transform));
    }

    /** Big-endian EXIF with one entry. */
    static byte[] tiff(int tag, int type, int value) {
        return Pngs.bytes(
                'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, tag >> 8, tag, 0, type, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0);
    }

    static byte[] exif(int orientation) {
        return segment(0xE1, Pngs.joined(Orientation.EXIF, tiff(0x0112, 3, orientation)));
    }

    static byte[] encoded(BufferedImage picture, boolean progressive) {
        return written(new IIOImage(picture, null, null), progressive);
    }

    /** Components as they are: neither JFIF nor Adobe marker, ids 1, 2, 3 and 4, nothing subsampled. */
    static byte[] ofComponents(Raster components) {
        return written(new IIOImage(components, null, null), false);
    }

    /** 8x8 pixels of the same components. */
    static byte[] flat(int... components) {
        WritableRaster raster = Raster.createInterleavedRaster(0, 8, 8, components.length, null);
        for (int i = 0; i < 64; i++) {
            raster.setPixel(i % 8, i / 8, components);
        }
        return ofComponents(raster);
    }

    private static byte[] written(IIOImage image, boolean progressive) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionQuality(1);
        if (progressive) {
            param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, image, param);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** A picture of seeded noise over a ramp. */
    static BufferedImage noise(int height, int width, int type) {
        BufferedImage picture = new BufferedImage(width, height, type);
        java.util.SplittableRandom random = new java.util.SplittableRandom(7);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                picture.setRGB(x, y, random.nextInt());
            }
        }
        return picture;
    }
}
