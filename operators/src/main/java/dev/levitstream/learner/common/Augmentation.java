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
    NATURAL,
    /**
     * Mirrored left to right with probability 1/2, moved by up to an eighth of each side (whole pixels, at the border
     * the border's), contrast around the image's mean changed by up to a fifth, and brightness by up to a fifth of the
     * range: what small nets for CIFAR-10 are usually trained with.
     */
    STRONG;

    private static final double MOST_DEGREES = 20;
    private static final double MOST_SHIFT = 0.1;
    /** Of a side, the most that an image is moved by. */
    private static final int SHIFTS = 8;

    private static final double MOST_LIGHT = 0.2;
    private static final int LEVELS = 256;

    /** A changed copy of the pixels, or the pixels themselves if nothing is changed. */
    public byte[] of(byte[] pixels, ImageShape shape, SplittableRandom random) {
        return switch (this) {
            case NONE -> pixels;
            case NATURAL -> natural(pixels, shape, random);
            case STRONG -> strong(pixels, shape, random);
        };
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

    private static byte[] strong(byte[] pixels, ImageShape shape, SplittableRandom random) {
        boolean mirrored = random.nextBoolean();
        int down = shift(shape.height(), random);
        int right = shift(shape.width(), random);
        byte[] levels = levels(mean(pixels), random);
        byte[] changed = new byte[pixels.length];
        for (int i = 0; i < changed.length; i++) {
            int place = i / shape.channels();
            int row = within(place / shape.width() + down, shape.height());
            int column = within(place % shape.width() + right, shape.width());
            int source = row * shape.width() + (mirrored ? shape.width() - 1 - column : column);
            changed[i] = levels[pixels[source * shape.channels() + i % shape.channels()] & 0xFF];
        }
        return changed;
    }

    private static int shift(int side, SplittableRandom random) {
        int most = side / SHIFTS;
        return random.nextInt(2 * most + 1) - most;
    }

    private static double mean(byte[] pixels) {
        long sum = 0;
        for (byte pixel : pixels) {
            sum += pixel & 0xFF;
        }
        return (double) sum / pixels.length;
    }

    /** What becomes of each level under another contrast and brightness. */
    private static byte[] levels(double mean, SplittableRandom random) {
        double contrast = 1 + MOST_LIGHT * (2 * random.nextDouble() - 1);
        double brightness = MOST_LIGHT * LEVELS * (2 * random.nextDouble() - 1);
        byte[] levels = new byte[LEVELS];
        for (int i = 0; i < LEVELS; i++) {
            levels[i] = (byte) within(contrast * (i - mean) + mean + brightness, LEVELS);
        }
        return levels;
    }

    private static int within(double place, int side) {
        return (int) Math.max(0, Math.min(side - 1, Math.round(place)));
    }
}
