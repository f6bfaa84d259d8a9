package dev.levitstream.learner.linear;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * When a head is solved anew: {@value #FIRST} images after a group's first, when the images since then have doubled,
 * and every {@value #PERIOD} images.
 */
final class SolutionSchedule {
    private static final int FIRST = 10;
    private static final int PERIOD = 1024;
    /** Images after a group's first from which on heads are compared; before, too little is known of it. */
    private static final int COMPARED = 500;

    private long sinceBirth;
    private long next;

    /** A group has its first image. */
    void born() {
        sinceBirth = 0;
        next = FIRST;
    }

    /** An image was added to a group. */
    void learnt() {
        sinceBirth++;
    }

    /** Sums are others than they were: to be solved at the next occasion, and as if all groups were new. */
    void changed() {
        sinceBirth = 0;
        next = 0;
    }

    /** Features or groups of images are others: to be solved at the next occasion. */
    void dueNow() {
        next = sinceBirth;
    }

    boolean isDue() {
        return sinceBirth >= next;
    }

    /** Whether enough is known of all groups to compare heads. */
    boolean comparesHeads() {
        return sinceBirth >= COMPARED;
    }

    void solved() {
        next = sinceBirth + Math.max(FIRST, Math.min(PERIOD, sinceBirth));
    }

    void write(DataOutputStream out) throws IOException {
        out.writeLong(sinceBirth);
        out.writeLong(next);
    }

    /** Becomes what {@link #write} wrote. */
    void read(DataInputStream in) throws IOException {
        sinceBirth = in.readLong();
        next = in.readLong();
    }
}
