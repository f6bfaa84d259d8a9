package dev.levitstream.bench.speed;

/**
 * Takes the time of a round, from a tenth of its images to nine tenths: neither how long the first ones are on their
 * way counts nor which key is done last. Safe for threads.
 */
final class Round {
    private static final int EDGE = 10;
    private static final double NANOS_PER_SECOND = 1e9;

    private final int images;
    private int answered;
    private int atStart;
    private int atEnd;
    private long start;
    private long end;

    /** @param images of the round (count), at least {@value #EDGE} */
    Round(int images) {
        this.images = images;
    }

    /** Notes that so many more images are answered. */
    synchronized void answered(int more) {
        long now = System.nanoTime();
        answered += more;
        if (atStart == 0 && answered >= images / EDGE) {
            atStart = answered;
            start = now;
        }
        if (atEnd == 0 && answered >= images - images / EDGE) {
            atEnd = answered;
            end = now;
        }
    }

    synchronized boolean isOver() {
        return answered >= images;
    }

    /** Images per second, once the round is over. */
    synchronized double rate() {
        return (atEnd - atStart) / ((end - start) / NANOS_PER_SECOND);
    }
}
