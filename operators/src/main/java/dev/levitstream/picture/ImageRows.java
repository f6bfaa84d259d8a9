package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.SampleModel;

/**
 * Rows of a picture that a reader has decoded: from its samples, by their meaning but not by their profile, to colours
 * over a background.
 */
final class ImageRows implements Rows {
    private final Raster raster;
    private final Canvas canvas;
    private final int background;
    private final Colours colours;
    private int[] samples = {}; // of one row
    private int y;

    /** Colour of the pixel whose samples begin at an index. */
    private interface Colours {
        int rgb(int[] samples, int at);
    }

    /**
     * @param image a frame that lies within the canvas; taken
     * @param inks whether four samples are amounts of ink
     * @param background 0xRRGGBB
     */
    ImageRows(BufferedImage image, boolean inks, Canvas canvas, int background) {
        this.raster = image.getRaster();
        this.canvas = canvas;
        this.background = background;
        canvas.requireWithin(raster.getHeight(), raster.getWidth());
        ColorModel model = image.getColorModel();
        this.colours = model instanceof IndexColorModel palette ? ofPalette(palette) : ofSamples(model, inks);
    }

    private Colours ofPalette(IndexColorModel model) {
        int[] palette = new int[model.getMapSize()];
        model.getRGBs(palette);
        for (int i = 0; i < palette.length; i++) {
            palette[i] = Blend.over(palette[i], palette[i] >>> 24, background);
        }
        return (values, at) -> {
            require(values[at] < palette.length, "palette index", values[at], "must be below " + palette.length);
            return palette[values[at]];
        };
    }

    private Colours ofSamples(ColorModel model, boolean inks) {
        int bands = model.getNumColorComponents();
        if (inks) {
            int[] four = new int[4];
            return (values, at) -> {
                for (int i = 0; i < 4; i++) {
                    four[i] = Blend.scaled(values[at + i], largest(i));
                }
                return JpegColours.CMYK.rgb(four);
            };
        }
        require(bands == 1 || bands == 3, "colours", bands, "must be 1 or 3");
        boolean hasAlpha = model.hasAlpha();
        boolean multiplied = model.isAlphaPremultiplied();
        int[] largest = new int[bands + 1];
        for (int i = 0; i < (hasAlpha ? bands + 1 : bands); i++) {
            largest[i] = largest(i);
        }
        return (values, at) -> {
            int rgb = 0;
            for (int i = 0; i < 3; i++) {
                int band = Math.min(i, bands - 1);
                int under = background >> (16 - 8 * i) & 0xFF;
                int value = values[at + band];
                int alpha = hasAlpha ? values[at + bands] : largest[band];
                int most = largest[band];
                rgb = rgb << 8
                        | (multiplied && hasAlpha
                                ? Math.min(255, Blend.scaled(value, most) + Blend.over(0, alpha, most, under))
                                : Blend.over(value, alpha, most, under));
            }
            return rgb;
        };
    }

    private int largest(int band) {
        SampleModel model = raster.getSampleModel();
        int bits = model.getSampleSize(band);
        require(bits <= 16, "bits of a sample", bits, "must be at most 16");
        return (1 << bits) - 1;
    }

    @Override
    public int bands() {
        return 3;
    }

    @Override
    public void next(byte[] row) {
        boolean covered = y >= canvas.top() && y - canvas.top() < raster.getHeight();
        if (covered) {
            samples = raster.getPixels(
                    raster.getMinX(),
                    raster.getMinY() + y - canvas.top(),
                    raster.getWidth(),
                    1,
                    samples.length == 0 ? null : samples);
        }
        for (int x = 0; x < canvas.width(); x++) {
            int column = x - canvas.left();
            boolean drawn = covered && column >= 0 && column < raster.getWidth();
            int rgb = drawn ? colours.rgb(samples, column * raster.getNumBands()) : background;
            row[3 * x] = (byte) (rgb >> 16);
            row[3 * x + 1] = (byte) (rgb >> 8);
            row[3 * x + 2] = (byte) rgb;
        }
        y++;
    }
}
