package dev.levitstream.learner.change;

import dev.levitstream.learner.Evidence;
import dev.levitstream.learner.change.KnownWorlds.Known;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The world has changed.
 *
 * @param evidence what speaks for it
 * @param recurs whether an earlier world has come back
 * @param component that was active in that world, as whoever observes calls it; empty where no world has come back, or
 *     it is not known
 */
public record Change(Evidence evidence, boolean recurs, OptionalInt component) {
    /** @param returned the world that has come back, if one has */
    static <W> Change of(Evidence evidence, Optional<Known<W>> returned) {
        return new Change(
                evidence,
                returned.isPresent(),
                returned.map(Known::knownComponent).orElse(OptionalInt.empty()));
    }

    /**
     * What speaks for a change.
     *
     * @param probability of a difference that large if nothing had changed, 0 to 1
     * @param images that have come since (count)
     * @param before images before it, whitened
     * @param after images since then, whitened
     * @param latest number of the image that was observed last
     */
    static Evidence evidence(
            double probability, long images, List<Numbered> before, List<Numbered> after, long latest) {
        return new Evidence(
                OptionalDouble.of(probability),
                images,
                Numbered.typical(before, latest),
                Numbered.typical(after, latest));
    }
}
