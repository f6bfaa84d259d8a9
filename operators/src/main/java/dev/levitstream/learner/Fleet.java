package dev.levitstream.learner;

import dev.levitstream.common.Check;
import dev.levitstream.nn.engine.NumericException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Learners that learn together: of those with an update due, each makes one, in one step where that is faster. One
 * whose numbers fail leaves the others as they would be without it; where all were updated in one step, which is so on
 * a GPU, all of them have failed.
 */
public final class Fleet {
    private Fleet() {}

    /**
     * {@link Learner#learn} of each. On a CPU to the same bits; on a GPU the last bits of an update may depend on its
     * company.
     *
     * @param learners at least one, of the same options, all different
     * @param updates most optimizer updates of each (count), at least 1
     * @return what it came to, for each
     * @throws IllegalStateException if one is not {@link Learner#isLearning}
     */
    public static List<Slice> learn(List<? extends Learner> learners, int updates) {
        Check.that(updates >= 1, "updates", updates, "must be at least 1");
        Map<Learner, NumericException> failures = new LinkedHashMap<>();
        boolean more = true;
        for (int i = 0; i < updates && more; i++) {
            more = updateEach(learners, failures);
        }
        return learners.stream()
                .map(learner -> Optional.ofNullable(failures.get(learner))
                        .map(Slice::failed)
                        .orElseGet(() -> concluded(learner)))
                .toList();
    }

    /** One update of each that has one due; whether there was any. */
    private static boolean updateEach(List<? extends Learner> learners, Map<Learner, NumericException> failures) {
        Map<Learner, Update> due = new LinkedHashMap<>();
        for (Learner learner : learners) {
            if (!failures.containsKey(learner)) {
                learner.nextUpdate().ifPresent(update -> due.put(learner, update));
            }
        }
        List<Optional<NumericException>> made = Update.make(List.copyOf(due.values()));
        int i = 0;
        for (Learner learner : due.keySet()) {
            made.get(i++).ifPresent(failure -> failures.put(learner, failure));
        }
        return !due.isEmpty();
    }

    private static Slice concluded(Learner learner) {
        try {
            Optional<Lesson> lesson =
                    learner.nextUpdate().isPresent() ? Optional.empty() : Optional.of(learner.conclude());
            return new Slice(lesson, Optional.empty());
        } catch (NumericException e) {
            return Slice.failed(e);
        }
    }
}
