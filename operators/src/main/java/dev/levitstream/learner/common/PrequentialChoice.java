package dev.levitstream.learner.common;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Chooses the value of a setting that would have served best so far: each image is judged under every value before it
 * is learnt, and the value of the smallest loss, which fades from image to image, is taken (prequential, Dawid 1984).
 *
 * <p>What an image says counts {@value #WAIT} images later, and not at all if a change is found meanwhile: images of a
 * new world must not judge what was learnt of the old one.
 */
public final class PrequentialChoice {
    private static final int WAIT = 100;
    /** Losses in all that another value must save: a likelihood twenty times as large. */
    private static final double DOUBT = 3;

    private final double fading;
    private final double[] values;
    private final double[] losses;
    private final Deque<double[]> waiting = new ArrayDeque<>();

    /**
     * @param fading what is left of a loss with each image after it, above 0, at most 1
     * @param values to choose from; the first is taken until there is evidence
     */
    public PrequentialChoice(double fading, double... values) {
        this.fading = fading;
        this.values = values.clone();
        this.losses = new double[values.length];
    }

    /** What there is to choose from; borrowed. */
    public double[] values() {
        return values;
    }

    /** The value of the smallest loss; the first unless another is better beyond doubt. */
    public double best() {
        return values[bestIndex()];
    }

    /** Where that stands among the values (index). */
    public int bestIndex() {
        int best = 0;
        for (int i = 1; i < losses.length; i++) {
            double least = best == 0 ? losses[0] - DOUBT : losses[best];
            best = losses[i] < least ? i : best;
        }
        return best;
    }

    /** Takes note of one image's losses, one for each value; taken over. */
    public void add(double[] ofImage) {
        waiting.add(ofImage);
        if (waiting.size() > WAIT) {
            double[] settled = waiting.remove();
            for (int i = 0; i < losses.length; i++) {
                losses[i] = fading * losses[i] + settled[i];
            }
        }
    }

    /** The latest images were of a new world. */
    public void changed() {
        waiting.clear();
    }

    public void write(DataOutputStream out) throws IOException {
        StateCodec.writeDoubles(out, losses);
        out.writeInt(waiting.size());
        for (double[] ofImage : waiting) {
            StateCodec.writeDoubles(out, ofImage);
        }
    }

    /** Becomes what {@link #write} wrote. */
    public void read(DataInputStream in) throws IOException {
        StateCodec.readDoubles(in, losses);
        waiting.clear();
        int count = in.readInt();
        for (int n = 0; n < count; n++) {
            double[] ofImage = new double[losses.length];
            StateCodec.readDoubles(in, ofImage);
            waiting.add(ofImage);
        }
    }
}
