package dev.levitstream.nn.model;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;

/**
 * Where an image's patches lie: they overlap by two thirds, and about 14 of them lie to a side, whatever the image's
 * size. Their places fall into 3 x 3 cells.
 *
 * <p>A patch p is seen as q = (p - mean(p)) / sqrt(var(p) + 0.01), pixels in 0 to 1: without its brightness and, but
 * for a floor that noise does not pass, its contrast.
 */
final class PatchGrid {
    private static final int SIDE = 3;
    private static final int PLACES = 14;
    private static final float CONTRAST_FLOOR = 0.01f;

    /** Cells of the grid (count). */
    static final int CELLS = SIDE * SIDE;

    private final ImageShape image;
    private final int stride;
    private final int side;
    private final int rows;
    private final int columns;

    /** @param image shape of the images; a side under 3 pixels is one place */
    PatchGrid(ImageShape image) {
        this.image = image;
        int shorter = Math.min(image.height(), image.width());
        stride = Math.max(1, Math.round((float) shorter / PLACES));
        side = Math.min(shorter, 3 * stride);
        rows = (image.height() - side) / stride + 1;
        columns = (image.width() - side) / stride + 1;
    }

    /** Patches of an image (count). */
    int places() {
        return rows * columns;
    }

    /** Values of a patch (count): height, width, channels. */
    int values() {
        return side * side * image.channels();
    }

    /** The cell of a place, by rows from the top left. */
    int cell(int place) {
        return place / columns * SIDE / rows * SIDE + place % columns * SIDE / columns;
    }

    /** Places of each cell (count). */
    int[] placesByCell() {
        int[] places = new int[CELLS];
        for (int place = 0; place < places(); place++) {
            places[cell(place)]++;
        }
        return places;
    }

    void requireSize(byte[] pixels) {
        Check.that(pixels.length == image.size(), "image.pixels", pixels.length, "must be " + image.size());
    }

    /**
     * Copies a patch, pixels in 0 to 1, and returns 1 / sqrt(var + 0.01). Its mean stays: what is multiplied with it
     * has none.
     */
    float gather(byte[] pixels, int place, float[] patch) {
        int top = place / columns * stride;
        int left = place % columns * stride;
        int width = side * image.channels();
        float sum = 0;
        float squares = 0;
        for (int y = 0; y < side; y++) {
            int from = ((top + y) * image.width() + left) * image.channels();
            for (int x = 0; x < width; x++) {
                float value = (pixels[from + x] & 0xFF) / 255f;
                patch[y * width + x] = value;
                sum += value;
                squares += value * value;
            }
        }
        float mean = sum / patch.length;
        return (float) (1 / Math.sqrt(Math.max(0, squares / patch.length - mean * mean) + CONTRAST_FLOOR));
    }

    /** q, in place of the patch that {@link #gather} copied. */
    void normalise(float[] patch, float scale) {
        double sum = 0;
        for (float value : patch) {
            sum += value;
        }
        float mean = (float) (sum / patch.length);
        for (int i = 0; i < patch.length; i++) {
            patch[i] = (patch[i] - mean) * scale;
        }
    }
}
