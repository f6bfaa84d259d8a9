package dev.levitstream.learner;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.OptionReader;
import dev.levitstream.nn.backbone.BackboneFile;
import java.util.Map;

/**
 * A method that learners can be opened of by name. An implementation is public with a public constructor without
 * arguments and is named in {@code META-INF/services/dev.levitstream.learner.LearnerMethod}; nothing else has to know
 * it.
 */
public interface LearnerMethod {
    /** Its name, as in the option {@code learner}; also stored, so that state is not taken for another method's. */
    String name();

    /** What it is, for people. */
    MethodDescription description();

    /**
     * Reads its own options, and by reading declares them with default, rule and meaning; by default there are none.
     *
     * @param options reads {@code KEY} as {@code PREFIX.KEY}, where the prefix is the {@link MethodDescription#family}
     * @param image shape of the images
     * @param backbone that is given, or {@link BackboneFile#NONE}; one that {@link MethodOptions#backbone} does not
     *     return is refused
     * @throws IllegalArgumentException with key, value and rule, if one is wrong
     */
    default MethodOptions read(OptionReader options, ImageShape image, BackboneFile backbone) {
        return new NoOptions();
    }

    /** What a learner needs, estimated before anything is allocated; by default next to nothing. */
    default Footprint footprint(LearnerOptions options) {
        return new Footprint(0, true, "");
    }

    /**
     * Opens a learner.
     *
     * @param state entries of an earlier one by name, which it continues byte for byte; empty for a fresh start
     * @throws IllegalStateException if the state belongs to another method or image shape, is damaged, or is newer than
     *     this release
     */
    Learner open(LearnerContext context, Map<String, byte[]> state);
}
