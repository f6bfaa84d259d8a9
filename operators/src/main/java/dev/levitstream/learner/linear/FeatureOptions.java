package dev.levitstream.learner.linear;

import dev.levitstream.common.Check;
import dev.levitstream.learner.Footprint;
import dev.levitstream.nn.model.PatchFeatures;
import java.io.Serializable;

/**
 * What fixed features are made of.
 *
 * @param kind of features
 * @param filters count, at least 1; there are 9 features of each
 * @param expansion random sums that the features are expanded to (count); 0 for none
 */
public record FeatureOptions(Kind kind, int filters, int expansion) implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final double MIB = 1 << 20;

    /** What features say of an image. */
    public enum Kind {
        /** Which random filters respond where. */
        RANDOM,
        /** Which filters respond where that are learnt from a stream's first images, and fixed from then on. */
        LEARNT,
        /** Where each pixel is bright, and nothing of its neighbours: for images whose patches mean nothing. */
        FOURIER
    }

    /** Number of features. */
    public int width() {
        return expansion > 0 ? expansion : PatchFeatures.PER_FILTER * filters;
    }

    /**
     * What sums over them need: second moments once as a triangle and twice as a matrix while they are solved.
     *
     * @param advice what to change where that is too much
     */
    public Footprint footprint(String advice) {
        double square = (double) width() * width();
        return new Footprint(
                Math.round(2.5 * Double.BYTES * square / MIB), square / 2 * Double.BYTES < Integer.MAX_VALUE, advice);
    }

    /**
     * Checks the values.
     *
     * @param prefix of the options that they come from
     */
    public void require(String prefix) {
        Check.that(filters >= 1, prefix + ".filters", filters, "must be at least 1");
        Check.that(expansion >= 0, prefix + ".expansion", expansion, "must be at least 0");
    }
}
