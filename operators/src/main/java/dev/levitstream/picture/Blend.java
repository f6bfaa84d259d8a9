package dev.levitstream.picture;

/** Samples of any depth as 0..255, and what is transparent laid over a background; each value is rounded once. */
final class Blend {
    private Blend() {}

    /**
     * 255 · (value/largest · alpha/largest) + background · (1 - alpha/largest), rounded to the nearest.
     *
     * @param value 0..largest
     * @param alpha 0..largest
     * @param largest 2^bits - 1, at most 65535
     * @param background 0..255
     */
    static int over(int value, int alpha, int largest, int background) {
        if (alpha == largest) {
            return scaled(value, largest);
        }
        long sum = 510L * value * alpha + 2L * background * largest * (largest - alpha);
        return switch (largest) { // division by a constant takes a tenth of the time
            case 255 -> (int) ((sum + 255 * 255) / (2 * 255 * 255));
            case 65535 -> (int) ((sum + 65535L * 65535) / (2 * 65535L * 65535));
            default -> (int) ((sum + (long) largest * largest) / (2L * largest * largest));
        };
    }

    /** 255 · value/largest, rounded to the nearest. */
    static int scaled(int value, int largest) {
        return switch (largest) {
            case 255 -> value;
            case 65535 -> (510 * value + 65535) / (2 * 65535);
            default -> (510 * value + largest) / (2 * largest);
        };
    }

    /** The same for a colour 0xRRGGBB of 8 bits. */
    static int over(int rgb, int alpha, int background) {
        return packed(
                over(rgb >> 16 & 0xFF, alpha, 255, background >> 16 & 0xFF),
                over(rgb >> 8 & 0xFF, alpha, 255, background >> 8 & 0xFF),
                over(rgb & 0xFF, alpha, 255, background & 0xFF));
    }

    static int packed(int red, int green, int blue) {
        return red << 16 | green << 8 | blue;
    }

    /** ITU-R BT.601 luma of a colour 0xRRGGBB, rounded; exact for grey. */
    static int luma(int rgb) {
        return (299 * (rgb >> 16 & 0xFF) + 587 * (rgb >> 8 & 0xFF) + 114 * (rgb & 0xFF) + 500) / 1000;
    }
}
