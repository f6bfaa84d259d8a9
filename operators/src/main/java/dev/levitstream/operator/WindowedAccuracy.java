package dev.levitstream.operator;

/**
 * Prequential accuracy over a sliding window: the share of the latest {@value #WINDOW} labelled images that were
 * answered rightly before they were learnt (Gama, Sebastião and Rodrigues, Machine Learning 90, 2013). One thread adds;
 * any may read.
 */
final class WindowedAccuracy {
    static final int WINDOW = 1000;

    private final boolean[] rights = new boolean[WINDOW];
    private long images;
    private int right;
    private volatile double share = Double.NaN;

    void add(boolean isRight) {
        int place = (int) (images % WINDOW);
        right += (isRight ? 1 : 0) - (rights[place] ? 1 : 0);
        rights[place] = isRight;
        images++;
        share = (double) right / Math.min(images, WINDOW);
    }

    /** 0 to 1; no number before the first image. */
    double share() {
        return share;
    }
}
