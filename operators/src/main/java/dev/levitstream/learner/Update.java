package dev.levitstream.learner;

import dev.levitstream.nn.engine.NumericException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** One optimizer update that is due: until it is made, nothing has changed. */
public final class Update {
    private final ActiveComponent component;
    private final Supplier<MiniBatch> draw;
    private final WorkQueue work;

    /**
     * @param component that learns
     * @param draw draws the mini-batch; called once, when the update is made
     * @param work that it is counted in
     */
    Update(ActiveComponent component, Supplier<MiniBatch> draw, WorkQueue work) {
        this.component = component;
        this.draw = draw;
        this.work = work;
    }

    /**
     * Makes updates of different learners, one by one or, where that is faster, in one step.
     *
     * @return for each, why it failed, if it did
     */
    static List<Optional<NumericException>> make(List<Update> updates) {
        return updates.stream()
                .flatMap(update -> together(List.of(update)).stream())
                .toList();
    }

    /** In one step; each takes its share of the time. */
    private static List<Optional<NumericException>> together(List<Update> updates) {
        WorkQueue clock = updates.get(0).work;
        long start = clock.now();
        try {
            ActiveComponent.update(
                    updates.stream().map(update -> update.component).toList(),
                    updates.stream().map(update -> update.draw.get()).toList());
        } catch (NumericException e) {
            return Collections.nCopies(updates.size(), Optional.of(e));
        }
        long each = (clock.now() - start) / updates.size();
        updates.forEach(update -> update.work.did(each));
        return Collections.nCopies(updates.size(), Optional.empty());
    }

    /** Makes all queued updates of a learner, however long it takes. */
    static void makeQueued(WorkQueue work, Supplier<Optional<Update>> next) {
        Optional<Update> update = next.get();
        while (work.queued() > 0 && update.isPresent()) {
            make(List.of(update.get())).get(0).ifPresent(failure -> {
                throw failure;
            });
            update = next.get();
        }
    }
}
