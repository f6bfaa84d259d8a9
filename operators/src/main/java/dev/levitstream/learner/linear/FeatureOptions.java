package dev.levitstream.learner.linear;

import dev.levitstream.common.Check;
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
     * Checks the values.
     *
     * @param prefix of the options that they come from
     */
    public void require(String prefix) {
        Check.that(filters >= 1, prefix + ".filters", filters, "must be at least 1");
        Check.that(expansion >= 0, prefix + ".expansion", expansion, "must be at least 0");
    }
}
