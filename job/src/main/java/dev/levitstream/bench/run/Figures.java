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

    public static Map<String, Double> of(RunResult run) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put(ACCURACY, PER_CENT * run.accuracy());
        figures.put(TASK_SET, PER_CENT * run.taskSetAccuracy());
        figures.put(ROUTING, PER_CENT * run.routingAccuracy());
        figures.put("oracle-routed accuracy %", PER_CENT * run.oracleAccuracy());
        figures.put("forgetting %", PER_CENT * run.forgetting());
        figures.put("backward transfer %", PER_CENT * run.backwardTransfer());
        figures.put(PREQUENTIAL, PER_CENT * run.prequentialAccuracy());
        figures.put(COMPONENTS, (double) run.components());
        figures.put(MISSED, (double) run.missed());
        figures.put(FALSE, (double) run.falseExpansions());
        figures.put(
                DELAY, run.delays().stream().mapToLong(delay -> delay).average().orElse(Double.NaN));
        figures.put("ViT parameters", (double) run.bodyParameters());
        figures.put("VAE parameters", (double) run.vaeParameters());
        figures.put("state, bytes", (double) run.stateBytes());
        figures.put("updates", (double) run.updates());
        figures.put(SPEED, run.imagesPerSecond());
        return figures;
    }
}
