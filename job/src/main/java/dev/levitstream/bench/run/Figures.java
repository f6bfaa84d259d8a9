package dev.levitstream.bench.run;

import java.util.LinkedHashMap;
import java.util.Map;

/** Names of a run's figures, as columns of tables; shares in per cent. */
public final class Figures {
    public static final String ACCURACY = "accuracy, per image %";
    public static final String TASK_SET = "task-set accuracy % (uses task identity)";
    public static final String ROUTING = "routing accuracy %";
    public static final String PREQUENTIAL = "test-then-train %";
    public static final String MISSED = "missed expansions";
    public static final String FALSE = "false expansions";
    public static final String DELAY = "expansion delay, images";
    public static final String SPEED = "images/s";
    public static final String COMPONENTS = "components";

    private static final double PER_CENT = 100;

    private Figures() {}

    static Map<String, Double> of(RunResult run) {
        Accuracies accuracies = run.accuracies();
        ChangeDetection changes = run.changes();
        Cost cost = run.cost();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put(ACCURACY, PER_CENT * accuracies.test().perImage());
        figures.put(TASK_SET, PER_CENT * accuracies.test().taskSet());
        figures.put(ROUTING, PER_CENT * accuracies.test().routing());
        figures.put("oracle-routed accuracy %", PER_CENT * accuracies.test().oracle());
        figures.put("forgetting %", PER_CENT * accuracies.matrix().forgetting());
        figures.put("backward transfer %", PER_CENT * accuracies.matrix().backwardTransfer());
        figures.put(PREQUENTIAL, PER_CENT * accuracies.prequential());
        figures.put(COMPONENTS, (double) cost.components());
        figures.put(MISSED, (double) changes.missed());
        figures.put(FALSE, (double) changes.falseExpansions());
        figures.put(
                DELAY,
                changes.delays().stream().mapToLong(delay -> delay).average().orElse(Double.NaN));
        figures.put("ViT parameters", (double) cost.vitParameters());
        figures.put("VAE parameters", (double) cost.vaeParameters());
        figures.put("state, bytes", (double) cost.stateBytes());
        figures.put("updates", (double) cost.updates());
        figures.put(SPEED, run.setup().benchmark().trainImages() / cost.trainSeconds());
        return figures;
    }
}
