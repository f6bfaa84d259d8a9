package dev.levitstream.learner.change;

import java.util.Arrays;
import java.util.Optional;

/** Counts images that hardly differ from the one before: a camera that froze. */
final class Repeats {
    /** Squared distance, in widths of the kernel, below which an image is the one before once more. */
    private static final double REPEATED = 0.15;

    private float[] latest = new float[0];
    private long count;

    /**
     * Takes in the projection of the next image.
     *
     * @param whitening of the present world, if it is known; until then nothing but the same values is a repeat
     * @return whether it hardly differs from the one before
     */
    boolean add(float[] projected, Optional<Whitening> whitening) {
        if (isLatest(projected, whitening)) {
            count++;
            return true;
        }
        latest = projected;
        count = 0;
        return false;
    }

    private boolean isLatest(float[] projected, Optional<Whitening> whitening) {
        if (whitening.isEmpty() || latest.length == 0) { // also where a scene takes in what hardly differs
            return Arrays.equals(projected, latest);
        }
        Whitening usual = whitening.get();
        return Kernel.squaredDistance(usual.whiten(projected), usual.whiten(latest)) < REPEATED;
    }

    /** Repeats without a break so far (count). */
    long count() {
        return count;
    }

    /** The latest image that was no repeat; empty before the first. */
    float[] latest() {
        return latest;
    }

    /** The next image repeats none. */
    void forget() {
        latest = new float[0];
    }

    /** Becomes what was written of another. */
    void become(float[] latest, long count) {
        this.latest = latest;
        this.count = count;
    }
}
