package dev.levitstream.learner;

import dev.levitstream.nn.Check;
import java.util.List;
import java.util.Optional;

/** Learners that learn together: of those with an update due, each makes one, in one step where that is faster. */
public final class Fleet {
    private Fleet() {}

    /**
     * {@link Learner#learn} of each. On a CPU to the same bits; on a GPU the last bits of an update may depend on its
     * company.
     *
     * @param learners at least one, of the same options, all different
     * @param updates most optimizer updates of each (count), at least 1
     * @return what it came to, for each that has nothing left to do
     * @throws IllegalStateException if one is not {@link Learner#isLearning}
     */
    public static List<Optional<Lesson>> learn(List<? extends Learner> learners, int updates) {
        Check.that(updates >= 1, "updates", updates, "must be at least 1");
        List<Update> due = due(learners);
        for (int i = 0; i < updates && !due.isEmpty(); i++) {
            Update.make(due);
            due = due(learners);
        }
        return learners.stream()
                .map(learner ->
                        learner.nextUpdate().isPresent() ? Optional.<Lesson>empty() : Optional.of(learner.conclude()))
                .toList();
    }

    private static List<Update> due(List<? extends Learner> learners) {
        return learners.stream()
                .map(Learner::nextUpdate)
                .flatMap(Optional::stream)
                .toList();
    }
}
