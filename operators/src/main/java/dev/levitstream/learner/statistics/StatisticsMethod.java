package dev.levitstream.learner.statistics;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.OptionReader;
import dev.levitstream.learner.Footprint;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerMethod;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.MethodDescription;
import dev.levitstream.learner.change.ChangeDetector;
import dev.levitstream.learner.linear.FeatureOptions;
import dev.levitstream.learner.linear.FeatureOptions.Kind;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.model.LinearDiscriminant;
import dev.levitstream.nn.model.LinearHead;
import dev.levitstream.nn.model.NearestMeans;
import dev.levitstream.nn.model.RidgeRegression;
import java.util.Map;

/** The methods of sums. They differ in the head that is solved from the same sums, and in nothing else. */
public abstract class StatisticsMethod implements LearnerMethod {

    /** Makes what is solved from the sums. */
    interface Head {
        /**
         * Makes it.
         *
         * @param width features (count)
         * @param strength how much it is regularised, in its own units
         */
        LinearHead of(Compute compute, int width, double strength);
    }

    /** Streaming linear discriminant analysis (Hayes and Kanan 2020). */
    public static final class Slda extends StatisticsMethod {
        public Slda() {
            super(
                    "slda",
                    "linear discriminant analysis over fixed features, by world",
                    true,
                    LinearDiscriminant::new,
                    0.05,
                    0);
        }
    }

    /** Nearest class mean, as in SimpleCIL (Zhou et al. 2024) but for the distance. */
    public static final class Ncm extends StatisticsMethod {
        public Ncm() {
            super("ncm", "nearest class mean over fixed features, by world", true, StatisticsMethod::means, 0.03, 0);
        }
    }

    /** Ridge regression over random sums of the features (McDonnell et al. 2023). */
    public static final class RanPac extends StatisticsMethod {
        public RanPac() {
            super(
                    "ranpac",
                    "ridge regression over random sums of fixed features, by world",
                    true,
                    RidgeRegression::new,
                    0.1,
                    2000);
        }
    }

    /** No classes at all: changes are told, and nothing else. */
    public static final class None extends StatisticsMethod {
        public None() {
            super(
                    "none",
                    "learns no classes and answers nothing: tells changes alone",
                    false,
                    StatisticsMethod::means,
                    0.03,
                    0);
        }
    }

    private final String name;
    private final String summary;
    private final boolean learnsClasses;
    private final Head head;
    private final double shrinkage;
    private final int expansion;

    /**
     * @param learnsClasses whether labels are learnt
     * @param head what is solved from the sums
     * @param shrinkage by default
     * @param expansion random sums by default (count)
     */
    private StatisticsMethod(
            String name, String summary, boolean learnsClasses, Head head, double shrinkage, int expansion) {
        this.name = name;
        this.summary = summary;
        this.learnsClasses = learnsClasses;
        this.head = head;
        this.shrinkage = shrinkage;
        this.expansion = expansion;
    }

    private static LinearHead means(Compute compute, int width, double strength) {
        return new NearestMeans(width);
    }

    Head head() {
        return head;
    }

    boolean learnsClasses() {
        return learnsClasses;
    }

    @Override
    public String name() {
        return name;
    }

    private static StatisticsOptions own(LearnerOptions options) {
        return (StatisticsOptions) options.own();
    }

    @Override
    public MethodDescription description() {
        return new MethodDescription(
                "statistics",
                summary,
                learnsClasses ? "labelled images; of others only changes are seen" : "images",
                "full; features are our own, or a backbone's",
                "sums, filters, what changes are told by; the first 500 images until filters are learnt",
                true);
    }

    @Override
    public StatisticsOptions read(OptionReader options, ImageShape image, BackboneFile backbone) {
        OptionReader.Reading structural = options.structural();
        OptionReader.Reading free = options.free();
        Kind kind = structural.choice(
                "features",
                Kind.preferred(backbone, Kind.LEARNT),
                "what is seen of an image; learnt from the first 500 images; backbone where that option is given");
        return new StatisticsOptions(
                new FeatureOptions(
                        kind,
                        structural.integer(
                                "filters",
                                kind == Kind.BACKBONE ? 0 : 200,
                                "count, at least 1; 0 with features backbone",
                                "filters of the features, nine features for each"),
                        structural.integer(
                                "expansion",
                                expansion,
                                "count, 0 for none",
                                "random sums that features are expanded to; 2000 for ranpac"),
                        backbone),
                free.number(
                        "shrinkage",
                        kind == Kind.BACKBONE ? FeatureOptions.BACKBONE_SHRINKAGE : shrinkage,
                        "at least 0",
                        "share of the mean variance that slda, of the mean square that ranpac adds to every feature's own; 0 to choose 0.01, 0.03, 0.1 or 0.3 by what served best so far; ncm has none; 0.1 with features backbone"),
                free.integer(
                        "worlds",
                        20,
                        "count, at least 1",
                        "most worlds whose classes are counted apart; beyond it the two nearest become one; with 1 changes are only told"),
                free.number(
                        "false-alarm",
                        ChangeDetector.FALSE_ALARM,
                        "probability, above 0, at most 0.01",
                        "that a test, one in ten images, finds a change where there is none; thirty times that for every ten images of a video"));
    }

    @Override
    public Footprint footprint(LearnerOptions options) {
        return own(options)
                .features()
                .footprint(options.input(), "make statistics.filters or statistics.expansion smaller");
    }

    @Override
    public Learner open(LearnerContext context, Map<String, byte[]> state) {
        return new StatisticsLearner(context, own(context.options()), this, state);
    }
}
