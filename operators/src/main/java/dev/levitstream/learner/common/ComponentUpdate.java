package dev.levitstream.learner.common;

import dev.levitstream.learner.UnitOfWork;
import dev.levitstream.learner.WorkReport;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One optimizer update of a component. */
public final class ComponentUpdate implements UnitOfWork {
    private final ActiveComponent component;
    private final Supplier<MiniBatch> draw;
    private final UpdateBudget budget;

    /**
     * @param component that learns
     * @param draw draws the mini-batch; called once, when the update is made
     * @param budget that the update is counted in
     */
    public ComponentUpdate(ActiveComponent component, Supplier<MiniBatch> draw, UpdateBudget budget) {
        this.component = component;
        this.draw = draw;
        this.budget = budget;
    }

    @Override
    public WorkReport run() {
        return runTogether(List.of()).get(0);
    }

    @Override
    public boolean joins(UnitOfWork other) {
        return other instanceof ComponentUpdate && component.program().updatesTogether();
    }

    /** Each takes its share of the time. */
    @Override
    public List<WorkReport> runTogether(List<UnitOfWork> others) {
        List<ComponentUpdate> updates = Stream.concat(
                        Stream.of(this), others.stream().map(ComponentUpdate.class::cast))
                .toList();
        long start = budget.now();
        List<MiniBatch> batches =
                updates.stream().map(update -> update.draw.get()).toList();
        float[] losses = ActiveComponent.update(
                updates.stream().map(update -> update.component).toList(), batches);
        long each = (budget.now() - start) / updates.size();
        updates.forEach(update -> update.budget.did(each));
        return IntStream.range(0, updates.size())
                .mapToObj(i -> WorkReport.ofUpdate(batches.get(i).size(), Map.of("loss", (double) losses[i])))
                .toList();
    }
}
