package dev.levitstream.picture;

/**
 * Which rectangle of a picture becomes which rectangle of an image; both lie in the middle, with equal margins on
 * opposite sides, so that a picture that is turned or mirrored is fitted as it is.
 *
 * @param sourceTop rows of the picture that are left out above, and as many below
 * @param sourceLeft columns that are left out on the left, and as many on the right
 * @param targetTop rows of background above, and as many below
 * @param targetLeft columns of background on the left, and as many on the right
 */
record Placement(int sourceTop, int sourceLeft, int targetTop, int targetLeft) {
    /**
     * Where a picture of h x w pixels goes in an image of H x W. Margins are whole pixels, at most half a pixel from
     * where proportions are kept exactly.
     */
    static Placement of(Fit fit, int height, int width, int targetHeight, int targetWidth) {
        long flat = (long) width * targetHeight; // w/h against W/H, as w H against h W
        long tall = (long) height * targetWidth;
        return switch (fit) {
            case STRETCH, EXACT -> new Placement(0, 0, 0, 0);
            case COVER ->
                flat > tall
                        ? new Placement(0, margin(width, flat - tall, targetHeight), 0, 0)
                        : new Placement(margin(height, tall - flat, targetWidth), 0, 0, 0);
            case CONTAIN ->
                flat > tall
                        ? new Placement(0, 0, margin(targetHeight, flat - tall, width), 0)
                        : new Placement(0, 0, 0, margin(targetWidth, tall - flat, height));
        };
    }

    /** Half of excess/unit, rounded, but so that a pixel is left between both margins. */
    private static int margin(int side, long excess, int unit) {
        return (int) Math.min((excess + unit) / (2L * unit), (side - 1) / 2);
    }
}
