package dev.levitstream.learner.linear;

import dev.levitstream.learner.LearnerNotice;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Two worlds that may become one.
 *
 * @param older index of the one that came first
 * @param newer index of the other
 * @param loss by how much more their images would vary around the means of their labels (share of how images vary now),
 *     at least 0; exactly 0 where no label is known to both
 */
public record WorldPair(int older, int newer, double loss) {
    /**
     * What is told once they are one.
     *
     * @param kept id of the component that stands for both
     * @param gone id of the other
     * @param images of the other (count)
     */
    public LearnerNotice notice(int kept, int gone, long images) {
        String lost = loss == 0
                ? "no label is in both, so nothing is lost"
                : String.format(
                        Locale.ROOT, "images of both vary %.1f %% more around the means of their labels", 100 * loss);
        return new LearnerNotice(
                LearnerNotice.Kind.WORLDS_MERGED,
                Optional.empty(),
                OptionalInt.of(kept),
                "component " + gone + " with " + images + " images has become part of component " + kept + ": " + lost);
    }
}
