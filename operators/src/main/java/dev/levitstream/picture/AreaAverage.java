package dev.levitstream.picture;

/**
 * Area averaging in whole numbers. A picture of h x w pixels covers an image of H x W pixels; each pixel of the image
 * is the mean of what lies under it, a picture's pixel counting by the area of which it covers it:
 *
 * <p>out(Y, X) = round(Σ_y Σ_x a(y, Y; h, H) a(x, X; w, W) v(y, x) / (h w))
 *
 * <p>where a(i, I; n, N) is the length that [i N, (i+1) N) and [I n, (I+1) n) share, and halves are rounded up. It is
 * the picture itself where sizes are equal, and pixels are repeated where the image is larger. Rows that lie wholly
 * under one row of the image are added first, columns once for all of them. Holds sums of the image and of one row.
 */
final class AreaAverage {
    private final int height;
    private final int width;
    private final int targetHeight;
    private final int targetWidth;
    private final int bands;
    private final int[] firsts; // of each column of the image the first value of a row under it
    private final int[] lasts;
    private final int[] befores; // how much of the first column lies on the left, in 1/W
    private final int[] afters;
    private final long[] sums; // H W C
    private final long[] line; // W C: sums over columns
    private final RowSums gathered; // rows under one row of the image
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
        this.gathered = new RowSums(width * bands);
        this.firsts = new int[targetWidth];
        this.lasts = new int[targetWidth];
        this.befores = new int[targetWidth];
        this.afters = new int[targetWidth];
        for (int x = 0; x < targetWidth; x++) {
            long left = (long) x * width;
            long right = left + width;
            int first = (int) (left / targetWidth);
            int last = (int) ((right - 1) / targetWidth);
            firsts[x] = first * bands;
            lasts[x] = last * bands;
            befores[x] = (int) (left - (long) first * targetWidth);
            afters[x] = (int) ((last + 1L) * targetWidth - right);
        }
    }

    /**
     * Takes the next row.
     *
     * @param values unsigned bytes, those of a pixel together; borrowed
     * @param from index of the first
     */
    void add(byte[] values, int from) {
        long top = (long) y * targetHeight;
        long bottom = top + targetHeight;
        int row = (int) (top / height);
        long end = (row + 1L) * height; // of that row of the image
        if (bottom > end) { // its share goes to several rows
            spread(row, targetHeight);
        }
        gathered.add(values, from);
        if (bottom > end) {
            sumColumns();
            for (; (long) row * height < bottom; row++) {
                long shared = Math.min(bottom, (row + 1L) * height) - Math.max(top, (long) row * height);
                weigh(row, shared);
            }
        } else if (bottom == end || gathered.rows() == RowSums.MOST) {
            spread(row, targetHeight);
        }
        y++;
    }

    /** Adds what was gathered to a row of the image. */
    private void spread(int row, long shared) {
        if (gathered.rows() > 0) {
            sumColumns();
            weigh(row, shared);
        }
    }

    private void weigh(int row, long shared) {
        int at = row * line.length;
        for (int i = 0; i < line.length; i++) {
            sums[at + i] += shared * line[i];
        }
    }

    /** Sums over the columns that lie under each column of the image. */
    private void sumColumns() {
        for (int x = 0; x < targetWidth; x++) {
            for (int band = 0; band < bands; band++) {
                int first = firsts[x] + band;
                int last = lasts[x] + band;
                long sum = 0;
                for (int i = first; i <= last; i += bands) {
                    sum += gathered.at(i);
                }
                long outside = (long) gathered.at(first) * befores[x] + (long) gathered.at(last) * afters[x];
                line[x * bands + band] = sum * targetWidth - outside;
            }
        }
        gathered.clear();
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
