package dev.levitstream.picture;

import dev.levitstream.common.ImageShape;
import java.awt.image.Raster;

/** From the bytes of a PNG or JPEG to the pixels of an image: exactly, or not at all. */
public final class PictureDecoder {
    private PictureDecoder() {}

    /**
     * Decodes a picture by the rules of this package.
     *
     * @param format what the bytes are said to be
     * @param bytes borrowed
     * @param shape of the upright picture; 1 channel for grey or 3 for red, green, blue
     * @return H W C unsigned bytes
     * @throws PictureException if the picture is of another format or size, damaged, or too costly
     */
    public static byte[] decode(PictureFormat format, byte[] bytes, ImageShape shape) {
        Structure structure = structure(format, bytes);
        requireSize(structure, shape);
        Raster raster = StrictReader.read(format, structure.samplesOnly());
        return pixels(raster, structure, shape);
    }

    /**
     * Size of the upright picture, by what it says of itself: one channel if it is stored in grey, else three.
     *
     * @param format what the bytes are said to be
     * @param bytes borrowed
     * @throws PictureException if the picture is of another format, damaged, or too costly
     */
    public static ImageShape shape(PictureFormat format, byte[] bytes) {
        Structure structure = structure(format, bytes);
        int channels = structure.isGrey() ? 1 : 3;
        return structure.orientation().swapsAxes()
                ? new ImageShape(structure.width(), structure.height(), channels)
                : new ImageShape(structure.height(), structure.width(), channels);
    }

    private static Structure structure(PictureFormat format, byte[] bytes) {
        format.requireIn(bytes);
        return switch (format) {
            case PNG -> PngStructure.of(bytes);
            case JPEG -> JpegStructure.of(bytes);
        };
    }

    private static void requireSize(Structure structure, ImageShape shape) {
        boolean swapped = structure.orientation().swapsAxes();
        int height = swapped ? structure.width() : structure.height();
        int width = swapped ? structure.height() : structure.width();
        if (height != shape.height() || width != shape.width()) {
            throw new PictureException(
                    "size", height + "x" + width, "must be " + shape.height() + "x" + shape.width() + " as declared");
        }
        if ((long) height * width > PictureLimits.PIXELS) {
            throw new PictureException(
                    "size",
                    height + "x" + width,
                    "must be at most " + PictureLimits.PIXELS + " pixels; send larger images as RAW");
        }
    }

    private static byte[] pixels(Raster raster, Structure structure, ImageShape shape) {
        byte[] out = new byte[shape.size()];
        int height = structure.height();
        int width = structure.width();
        int[] samples = new int[raster.getNumBands()];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int rgb = structure.rgb(raster.getPixel(x, y, samples));
                int at = structure.orientation().place(x, y, width, height) * shape.channels();
                if (shape.channels() == 1) {
                    out[at] = (byte) luma(rgb);
                } else {
                    out[at] = (byte) (rgb >> 16);
                    out[at + 1] = (byte) (rgb >> 8);
                    out[at + 2] = (byte) rgb;
                }
            }
        }
        return out;
    }

    /** ITU-R BT.601 luma, rounded; exact for grey. */
    private static int luma(int rgb) {
        int red = (rgb >> 16) & 0xFF;
        int green = (rgb >> 8) & 0xFF;
        int blue = rgb & 0xFF;
        return (299 * red + 587 * green + 114 * blue + 500) / 1000;
    }
}
