package dev.levitstream.learner.common;

import dev.levitstream.common.ImageShape;
import java.util.SplittableRandom;

/** How images of an update are changed before it (ambiguity A14). */
public enum Augmentation {
    /** Not at all. */
    NONE,
    /**
     * Mirrored left to right with probability 1/2, turned by up to 20 degrees and moved by up to a tenth of each side,
     * as in the authors' sibling TFDSViT on CIFAR; the nearest pixel is taken, at the border the border's.
     */
    NATURAL;

    private static final double MOST_DEGREES = 20;
    private static final double MOST_SHIFT = 0.1;

    /** A changed copy of the pixels, or the pixels themselves if nothing is changed. */
    public byte[] of(byte[] pixels, ImageShape shape, SplittableRandom random) {
        return this == NONE ? pixels : natural(pixels, shape, random);
    }

    private static byte[] natural(byte[] pixels, ImageShape shape, SplittableRandom random) {
        boolean mirrored = random.nextBoolean();
        double angle = StrictMath.toRadians(MOST_DEGREES * (2 * random.nextDouble() - 1));
        double down = MOST_SHIFT * shape.height() * (2 * random.nextDouble() - 1);
        double right = MOST_SHIFT * shape.width() * (2 * random.nextDouble() - 1);
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        double middleY = (shape.height() - 1) / 2.0;
        double middleX = (shape.width() - 1) / 2.0;
        byte[] changed = new byte[pixels.length];
        for (int y = 0; y < shape.height(); y++) {
            for (int x = 0; x < shape.width(); x++) {
                double fromY = cos * (y - middleY) + sin * (x - middleX) + middleY + down;
                double fromX = cos * (x - middleX) - sin * (y - middleY) + middleX + right;
                int row = within(fromY, shape.height());
                int column = within(fromX, shape.width());
                int source = row * shape.width() + (mirrored ? shape.width() - 1 - column : column);
                int target = y * shape.width() + x;
                System.arraycopy(
                        pixels, source * shape.channels(), changed, target * shape.channels(), shape.channels());
            }
        }
        return changed;
    }

    private static int within(double place, int side) {
        return (int) Math.max(0, Math.min(side - 1, Math.round(place)));
    }
}
