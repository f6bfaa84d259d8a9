package dev.levitstream.learner.statistics;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.InputShape;
import dev.levitstream.learner.MethodOptions;
import dev.levitstream.learner.linear.FeatureOptions;
import dev.levitstream.nn.backbone.BackboneFile;

/**
 * Settings of the methods of sums.
 *
 * @param features what is seen of an image
 * @param shrinkage how much the head is regularised, in its own units; 0 to choose by what served best so far
 * @param worlds most worlds whose classes are counted apart (count), at least 1; beyond it the two nearest become one;
 *     with 1 changes are told and otherwise play no part
 * @param falseAlarm probability of an alarm at one test while nothing changes, above 0, at most 0.01
 */
public record StatisticsOptions(FeatureOptions features, double shrinkage, int worlds, double falseAlarm)
        implements MethodOptions {
    private static final long serialVersionUID = 1L;

    public StatisticsOptions {
        features.require("statistics");
        Check.that(shrinkage >= 0, "statistics.shrinkage", shrinkage, "must be at least 0");
        Check.that(worlds >= 1, "statistics.worlds", worlds, "must be at least 1");
        Check.that(
                falseAlarm > 0 && falseAlarm <= 0.01,
                "statistics.false-alarm",
                falseAlarm,
                "must be above 0, at most 0.01");
    }

    @Override
    public InputShape input(ImageShape image) {
        return backbone().isGiven() ? backbone().wholeShape() : image;
    }

    @Override
    public BackboneFile backbone() {
        return features.backbone();
    }
}
