package dev.levitstream.picture;

/** Rows of a PNG: unfiltered one by one, so that a plain picture is never held as a whole; an interlaced one is. */
final class PngRows implements Rows {
    private final PngHeader header;
    private final PngColours colours;
    private final PngData data;
    private final int background;
    private final int[] samples; // of one pixel
    private byte[] row; // filter type, then samples
    private byte[] above;
    private byte[] whole = {}; // all pixels of an interlaced picture
    private int y;

    PngRows(PngHeader header, PngColours colours, PngData data, int background) {
        this.header = header;
        this.colours = colours;
        this.data = data;
        this.background = background;
        this.samples = new int[header.samples()];
        this.row = new byte[1 + header.rowBytes(header.width())];
        this.above = new byte[row.length];
    }

    @Override
    public int bands() {
        return colours.isGrey() ? 1 : 3;
    }

    @Override
    public void next(byte[] pixels) {
        if (!header.interlaced()) {
            unfilter(row.length - 1);
            colour(header.width(), pixels, 0, bands());
            return;
        }
        if (y == 0) {
            whole = interlaced();
        }
        System.arraycopy(whole, y * header.width() * bands(), pixels, 0, header.width() * bands());
        y++;
    }

    private byte[] interlaced() {
        byte[] pixels = new byte[header.height() * header.width() * bands()];
        for (PngHeader.Pass pass : header.passes()) {
            row = new byte[row.length]; // above the first row of a pass there is nothing
            int columns = pass.columns(header.width());
            for (int y = pass.top(); y < header.height(); y += pass.down()) {
                unfilter(header.rowBytes(columns));
                colour(columns, pixels, (y * header.width() + pass.left()) * bands(), pass.right() * bands());
            }
        }
        return pixels;
    }

    /** Reads a row and takes its filter back (PNG specification, "Filter algorithms"). */
    private void unfilter(int length) {
        byte[] last = row;
        row = above;
        above = last;
        data.read(row, 1 + length);
        int pixel = Math.max(1, header.samples() * header.depth() / 8);
        switch (row[0]) {
            case 0 -> {}
            case 1 -> {
                for (int i = 1 + pixel; i <= length; i++) {
                    row[i] += row[i - pixel];
                }
            }
            case 2 -> {
                for (int i = 1; i <= length; i++) {
                    row[i] += above[i];
                }
            }
            case 3 -> {
                for (int i = 1; i <= length; i++) {
                    int left = i > pixel ? row[i - pixel] & 0xFF : 0;
                    row[i] += (byte) ((left + (above[i] & 0xFF)) / 2);
                }
            }
            case 4 -> {
                for (int i = 1; i <= length; i++) {
                    boolean first = i <= pixel;
                    int left = first ? 0 : row[i - pixel] & 0xFF;
                    int corner = first ? 0 : above[i - pixel] & 0xFF;
                    row[i] += (byte) nearest(left, above[i] & 0xFF, corner);
                }
            }
            default -> throw new PictureException("filter", row[0] & 0xFF, "must be 0 to 4");
        }
    }

    /** Paeth's predictor: whichever of three neighbours is nearest to left + above - corner. */
    private static int nearest(int left, int above, int corner) {
        int toLeft = Math.abs(above - corner);
        int toAbove = Math.abs(left - corner);
        int toCorner = Math.abs(left + above - 2 * corner);
        if (toLeft <= toAbove && toLeft <= toCorner) {
            return left;
        }
        return toAbove <= toCorner ? above : corner;
    }

    private void colour(int columns, byte[] pixels, int from, int step) {
        int at = from;
        boolean grey = bands() == 1;
        for (int x = 0; x < columns; x++) {
            for (int i = 0; i < samples.length; i++) {
                samples[i] = sample(x * samples.length + i);
            }
            int rgb = colours.rgb(samples, background);
            if (grey) {
                pixels[at] = (byte) rgb;
            } else {
                pixels[at] = (byte) (rgb >> 16);
                pixels[at + 1] = (byte) (rgb >> 8);
                pixels[at + 2] = (byte) rgb;
            }
            at += step;
        }
    }

    private int sample(int index) {
        int depth = header.depth();
        if (depth == 8) {
            return row[1 + index] & 0xFF;
        }
        if (depth == 16) {
            return JpegStructure.unsigned16(row, 1 + 2 * index);
        }
        int bit = index * depth;
        return row[1 + bit / 8] >> (8 - depth - bit % 8) & header.largest();
    }

    @Override
    public void end() {
        data.end();
    }

    @Override
    public void close() {
        data.close();
    }
}
