package dev.levitstream.learner.common;

import dev.levitstream.learner.UnitOfWork;
import dev.levitstream.learner.WorkReport;
import dev.levitstream.nn.model.Losses;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

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
        long start = budget.now();
        MiniBatch batch = draw.get();
        Losses losses = component.update(batch);
        budget.did(budget.now() - start);
        return WorkReport.ofUpdate(batch.size(), byName(losses));
    }

    private static Map<String, Double> byName(Losses losses) {
        Map<String, Double> named = new TreeMap<>();
        losses.classification().ifPresent(loss -> named.put(WorkReport.CROSS_ENTROPY, loss));
        losses.density().ifPresent(loss -> named.put(WorkReport.VAE, loss));
        return named;
    }
}
