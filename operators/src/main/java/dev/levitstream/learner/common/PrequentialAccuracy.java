package dev.levitstream.learner.common;

import dev.levitstream.learner.Accuracy;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Test-then-train accuracy over labelled images (Gama, Sebastiao and Rodrigues 2013): each is predicted before it is
 * learnt.
 */
public final class PrequentialAccuracy {
    /** Images in the window. */
    public static final int WINDOW = 1000;

    private static final double FADING = 0.999;

    private final boolean[] recent = new boolean[WINDOW];
    private long images;
    private long right;
    private int rightInWindow;
    private double fadedRight;
    private double fadedImages;

    /** Counts one labelled image. */
    public void add(boolean correct) {
        int slot = (int) (images % WINDOW);
        if (images >= WINDOW && recent[slot]) {
            rightInWindow--;
        }
        recent[slot] = correct;
        images++;
        fadedImages = fadedImages * FADING + 1;
        fadedRight = fadedRight * FADING;
        if (correct) {
            right++;
            rightInWindow++;
            fadedRight++;
        }
    }

    /** The figures as they stand. */
    public Accuracy figures() {
        return new Accuracy(
                images,
                (double) right / images,
                rightInWindow / (double) Math.min(images, WINDOW),
                fadedRight / fadedImages);
    }

    public void write(DataOutputStream out) throws IOException {
        out.writeLong(images);
        out.writeLong(right);
        out.writeDouble(fadedRight);
        out.writeDouble(fadedImages);
        for (boolean correct : recent) {
            out.writeBoolean(correct);
        }
    }

    public void read(DataInputStream in) throws IOException {
        images = in.readLong();
        right = in.readLong();
        fadedRight = in.readDouble();
        fadedImages = in.readDouble();
        rightInWindow = 0;
        for (int i = 0; i < WINDOW; i++) {
            recent[i] = in.readBoolean();
            rightInWindow += recent[i] ? 1 : 0;
        }
    }
}
