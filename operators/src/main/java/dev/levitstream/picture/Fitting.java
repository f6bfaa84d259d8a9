package dev.levitstream.picture;

import dev.levitstream.common.ImageShape;
import java.util.Arrays;

/**
 * Fits rows to an image: what is stored is averaged as it lies, then becomes colours, and then is put where it belongs
 * in the upright image.
 */
final class Fitting {
    private final int height;
    private final int width;
    private final Orientation orientation;
    private final ImageShape shape;
    private final int background;
    private final int lyingHeight; // of the image, as the picture lies
    private final int lyingWidth;
    private final Placement placement;

    /**
     * @param height stored rows of the picture
     * @param width stored columns
     * @param shape of the image
     */
    Fitting(int height, int width, Orientation orientation, ImageShape shape, PictureOptions options) {
        this.height = height;
        this.width = width;
        this.orientation = orientation;
        this.shape = shape;
        this.background = options.background();
        this.lyingHeight = orientation.swapsAxes() ? shape.width() : shape.height();
        this.lyingWidth = orientation.swapsAxes() ? shape.height() : shape.width();
        this.placement = Placement.of(options.fit(), height, width, lyingHeight, lyingWidth);
    }

    /**
     * All rows, also those that are left out: what is damaged must be noticed.
     *
     * @param rows of the picture
     * @return H W C unsigned bytes
     */
    byte[] fit(Rows rows) {
        int bands = rows.bands();
        int targetHeight = lyingHeight - 2 * placement.targetTop();
        int targetWidth = lyingWidth - 2 * placement.targetLeft();
        int sourceHeight = height - 2 * placement.sourceTop();
        AreaAverage average =
                new AreaAverage(sourceHeight, width - 2 * placement.sourceLeft(), targetHeight, targetWidth, bands);
        byte[] row = new byte[width * bands];
        for (int y = 0; y < height; y++) {
            rows.next(row);
            if (y >= placement.sourceTop() && y < placement.sourceTop() + sourceHeight) {
                average.add(row, placement.sourceLeft() * bands);
            }
        }
        rows.end();
        return upright(average.mean(), targetHeight, targetWidth, rows);
    }

    private byte[] upright(byte[] mean, int targetHeight, int targetWidth, Rows rows) {
        byte[] image = new byte[shape.size()];
        int channels = shape.channels();
        for (int at = 0; at < image.length; at += channels) {
            colour(image, at, background);
        }
        boolean coloured = channels == 1 || channels == 3;
        for (int y = 0; y < targetHeight; y++) {
            for (int x = 0; x < targetWidth; x++) {
                int from = (y * targetWidth + x) * rows.bands();
                int at = channels
                        * orientation.place(
                                x + placement.targetLeft(), y + placement.targetTop(), lyingWidth, lyingHeight);
                if (coloured) {
                    colour(image, at, rows.rgb(mean, from));
                } else {
                    System.arraycopy(mean, from, image, at, channels);
                }
            }
        }
        return image;
    }

    private void colour(byte[] image, int at, int rgb) {
        if (shape.channels() == 3) {
            image[at] = (byte) (rgb >> 16);
            image[at + 1] = (byte) (rgb >> 8);
            image[at + 2] = (byte) rgb;
        } else {
            Arrays.fill(image, at, at + shape.channels(), (byte) Blend.luma(rgb));
        }
    }
}
