package dev.levitstream.learner.linear;

import dev.levitstream.common.Check;
import dev.levitstream.common.InputShape;
import dev.levitstream.common.TokenShape;
import dev.levitstream.learner.Footprint;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.model.PatchFeatures;
import java.io.Serializable;

/**
 * What fixed features are made of.
 *
 * @param kind of features
 * @param filters count, at least 1; there are 9 features of each; 0 for a backbone's, which have none
 * @param expansion random sums that the features are expanded to (count); 0 for none
 * @param backbone that makes them, {@link BackboneFile#NONE} for all other kinds
 */
public record FeatureOptions(Kind kind, int filters, int expansion, BackboneFile backbone) implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final double MIB = 1 << 20;

    /** Shrinkage of a discriminant or a ridge over a backbone's features, unless another is asked for. */
    public static final double BACKBONE_SHRINKAGE = 0.1;

    /** What features say of an image. */
    public enum Kind {
        /** Which random filters respond where. */
        RANDOM,
        /** Which filters respond where that are learnt from a stream's first images, and fixed from then on. */
        LEARNT,
        /** Where each pixel is bright, and nothing of its neighbours: for images whose patches mean nothing. */
        FOURIER,
        /** What a frozen network from a file makes of the image. */
        BACKBONE;

        /** What is taken where nobody chooses: a backbone's if there is one. */
        public static Kind preferred(BackboneFile backbone, Kind otherwise) {
            return backbone.isGiven() ? BACKBONE : otherwise;
        }
    }

    /**
     * Features of a kind.
     *
     * @param backbone that is given; for one kind only it plays a part
     */
    public FeatureOptions {
        backbone = kind == Kind.BACKBONE ? backbone : BackboneFile.NONE;
    }

    /** Features that no backbone makes. */
    public FeatureOptions(Kind kind, int filters, int expansion) {
        this(kind, filters, expansion, BackboneFile.NONE);
    }

    /** Number of features of an input: tokens of a backbone, or an image. */
    public int width(InputShape input) {
        if (expansion > 0) {
            return expansion;
        }
        return input instanceof TokenShape tokens ? BackboneFeatures.width(tokens) : PatchFeatures.PER_FILTER * filters;
    }

    /**
     * What sums over them need: second moments once as a triangle and twice as a matrix while they are solved.
     *
     * @param input what they are features of
     * @param advice what to change where that is too much
     */
    public Footprint footprint(InputShape input, String advice) {
        double square = (double) width(input) * width(input);
        boolean own = kind == Kind.BACKBONE && expansion == 0;
        return new Footprint(
                Math.round(2.5 * Double.BYTES * square / MIB),
                square / 2 * Double.BYTES < Integer.MAX_VALUE,
                own ? "give a backbone of fewer features" : advice);
    }

    /**
     * Checks the values.
     *
     * @param prefix of the options that they come from
     */
    public void require(String prefix) {
        boolean given = kind == Kind.BACKBONE;
        Check.that(!given || backbone.isGiven(), prefix + ".features", "backbone", "needs the option backbone, a file");
        Check.that(!given || filters == 0, prefix + ".filters", filters, "must be 0: features of a backbone have none");
        Check.that(given || filters >= 1, prefix + ".filters", filters, "must be at least 1");
        Check.that(expansion >= 0, prefix + ".expansion", expansion, "must be at least 0");
    }
}
