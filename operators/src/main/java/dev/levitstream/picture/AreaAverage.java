package dev.levitstream.picture;

/**
 * Area averaging in whole numbers. A picture of h x w pixels covers an image of H x W pixels; each pixel of the image
 * is the mean of what lies under it, a picture's pixel counting by the area of which it covers it:
 *
 * <p>out(Y, X) = round(Σ_y Σ_x a(y, Y; h, H) a(x, X; w, W) v(y, x) / (h w))
 *
 * <p>where a(i, I; n, N) is the length that [i N, (i+1) N) and [I n, (I+1) n) share, and halves are rounded up. It is
 * the picture itself where sizes are equal, and pixels are repeated where the image is larger. Costs one addition per
 * value of the picture; holds sums of the image alone.
 */
final class AreaAverage {
    private final int height;
    private final int width;
    private final int targetHeight;
    private final int targetWidth;
    private final int bands;
    private final long[] sums; // H W C
    private final long[] line; // W C: sums over the columns of one row
    private int y;

    /** @param bands values of a pixel */
    AreaAverage(int height, int width, int targetHeight, int targetWidth, int bands) {
        this.height = height;
        this.width = width;
        this.targetHeight = targetHeight;
        this.targetWidth = targetWidth;
        this.bands = bands;
        this.sums = new long[targetHeight * targetWidth * bands];
        this.line = new long[targetWidth * bands];
    }

    /**
     * Takes the next row.
     *
     * @param values unsigned bytes, those of a pixel together; borrowed
     * @param from index of the first
     */
    void add(byte[] values, int from) {
        for (int x = 0; x < targetWidth; x++) {
            column(values, from, x);
        }
        long top = (long) y * targetHeight;
        long bottom = top + targetHeight;
        for (int row = (int) (top / height); (long) row * height < bottom; row++) {
            long shared = Math.min(bottom, (row + 1L) * height) - Math.max(top, (long) row * height);
            int at = row * line.length;
            for (int i = 0; i < line.length; i++) {
                sums[at + i] += shared * line[i];
            }
        }
        y++;
    }

    /** Sums over the columns that lie under column x of the image. */
    private void column(byte[] values, int from, int x) {
        long left = (long) x * width;
        long right = left + width;
        int first = (int) (left / targetWidth);
        int last = (int) ((right - 1) / targetWidth);
        int at = from + first * bands;
        int end = from + last * bands;
        long before = left - (long) first * targetWidth; // of the first column, what lies on the left
        long after = (last + 1L) * targetWidth - right;
        if (bands == 3) { // colours, in one pass
            long red = 0;
            long green = 0;
            long blue = 0;
            for (int i = at; i <= end; i += 3) {
                red += values[i] & 0xFF;
                green += values[i + 1] & 0xFF;
                blue += values[i + 2] & 0xFF;
            }
            line[3 * x] = whole(red, values[at], before, values[end], after);
            line[3 * x + 1] = whole(green, values[at + 1], before, values[end + 1], after);
            line[3 * x + 2] = whole(blue, values[at + 2], before, values[end + 2], after);
        } else {
            for (int band = 0; band < bands; band++) {
                long sum = 0;
                for (int i = at; i <= end; i += bands) {
                    sum += values[i + band] & 0xFF;
                }
                line[bands * x + band] = whole(sum, values[at + band], before, values[end + band], after);
            }
        }
    }

    private long whole(long sum, byte first, long before, byte last, long after) {
        return sum * targetWidth - (first & 0xFF) * before - (last & 0xFF) * after;
    }

    /**
     * The image, once all rows have come.
     *
     * @return H W C unsigned bytes
     */
    byte[] mean() {
        if (y != height) {
            throw new IllegalStateException("rows=" + y + " must be " + height);
        }
        byte[] mean = new byte[sums.length];
        long area = (long) height * width;
        for (int i = 0; i < sums.length; i++) {
            mean[i] = (byte) ((2 * sums[i] + area) / (2 * area));
        }
        return mean;
    }
}
