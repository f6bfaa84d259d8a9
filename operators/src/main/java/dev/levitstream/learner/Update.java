package dev.levitstream.learner;

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

    /** Makes updates of different learners, each of which takes its share of the time. */
    static void make(List<Update> updates) {
        WorkQueue clock = updates.get(0).work;
        long start = clock.now();
        ActiveComponent.update(
                updates.stream().map(update -> update.component).toList(),
                updates.stream().map(update -> update.draw.get()).toList());
        long each = (clock.now() - start) / updates.size();
        updates.forEach(update -> update.work.did(each));
    }

    /** Makes all queued updates of a learner, however long it takes. */
    static void makeQueued(WorkQueue work, Supplier<Optional<Update>> next) {
        Optional<Update> update = next.get();
        while (work.queued() > 0 && update.isPresent()) {
            make(List.of(update.get()));
            update = next.get();
        }
    }
}
