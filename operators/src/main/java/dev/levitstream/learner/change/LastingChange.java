package dev.levitstream.learner.change;

import java.util.Optional;

/**
 * A change of which there is enough evidence: too unlikely to be chance, it has lasted for {@value #LASTING} images,
 * and the newest images by themselves speak for it, for a burst of odd images is no world. A small change that the
 * window of {@value TwoSampleTest#WINDOW} images only makes suspicious is found where all images are split at the best
 * place, a few hundred images later.
 *
 * @param probability of a difference that large if nothing had changed, 0 to 1
 * @param since images that have come since (count)
 */
record LastingChange(double probability, int since) {
    /** A burst of 40 odd images, and {@value #NEWEST} others after it. */
    static final int LASTING = 72;

    private static final int NEWEST = 32;
    /** The newest images speak for a change if they differ less likely than this. */
    private static final double DOUBT = 0.005;

    /**
     * What a test tells, if it tells anything.
     *
     * @param ofWindow probability of a difference as large as that of the window, if nothing has changed
     * @param falseAlarm below which it is no chance
     */
    static Optional<LastingChange> of(TwoSampleTest test, double ofWindow, double falseAlarm) {
        TwoSampleTest.Split split = test.bestSplit();
        LastingChange change = new LastingChange(Math.min(ofWindow, test.probability(split)), split.newer());
        return change.probability < falseAlarm && change.since >= LASTING && change.holdsOfTheNewest(test)
                ? Optional.of(change)
                : Optional.empty();
    }

    private boolean holdsOfTheNewest(TwoSampleTest test) {
        int newestHalf = Math.max(NEWEST, Math.min(TwoSampleTest.WINDOW, since / 2));
        return test.probability(newestHalf) <= DOUBT;
    }
}
