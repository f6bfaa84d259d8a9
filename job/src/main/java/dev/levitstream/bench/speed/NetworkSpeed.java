package dev.levitstream.bench.speed;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Updates and predictions of networks against the machine's matrix product and against PyTorch, once both have the same
 * gradient.
 */
final class NetworkSpeed {
    /** Largest difference of a gradient, relative to the gradient's largest value. */
    private static final double AGREEMENT = 1e-4;

    private final Optional<String> python;
    private final int rounds;
    private final Consumer<String> lines;
    /** What is said of PyTorch below the table. */
    private String other = "";

    /**
     * @param python command that has PyTorch; empty to do without it
     * @param rounds turns of each (count), at least 1
     * @param lines takes the report, line by line
     */
    NetworkSpeed(Optional<String> python, int rounds, Consumer<String> lines) {
        this.python = python;
        this.rounds = rounds;
        this.lines = lines;
    }

    void run(List<SpeedCase> cases) throws Exception {
        double peak = MatrixProduct.operationsPerSecond(rounds);
        int side = MatrixProduct.SIDE;
        line("Matrix product %d x %d, single precision, one thread: %.0f GFLOP/s.", side, side, peak / 1e9);
        line("");
        line(
                "| network | images | components | update, ms | of peak | to PyTorch | prediction of 10, ms | to PyTorch |");
        line("|---|---|---|---|---|---|---|---|");
        for (SpeedCase one : cases) {
            compare(one, peak);
        }
        line("");
        line("Ratios are time of this project over time of the other: below 1 is faster.%s", other);
    }

    private void compare(SpeedCase one, double peak) throws Exception {
        SpeedCase small = new SpeedCase(one.name(), one.preset(), one.shape(), World.BATCH, one.frozen());
        try (JavaUpdates script = new JavaUpdates(one);
                JavaUpdates smallScript = new JavaUpdates(small)) {
            List<Timed> updates = new ArrayList<>(List.of(Timed.of(script::update)));
            List<Timed> predictions = new ArrayList<>(List.of(Timed.of(smallScript::predict)));
            script.loss();
            if (python.isEmpty()) {
                report(one, script.updateOperations() / peak, updates, predictions);
                return;
            }
            try (PythonUpdates peer = new PythonUpdates(one, python.get());
                    PythonUpdates smallPeer = new PythonUpdates(small, python.get())) {
                peer.loss();
                requireAgreement(one, "PyTorch " + peer.version(), script.gradient(), peer.gradient());
                other = String.format(
                        Locale.ROOT,
                        " PyTorch %s, eager, one thread, whose own matrix product reaches %.0f GFLOP/s.",
                        peer.version(),
                        peer.gigaflops());
                updates.add(times -> peer.seconds("update", times));
                predictions.add(times -> smallPeer.seconds("predict", times));
                report(one, script.updateOperations() / peak, updates, predictions);
            }
        }
    }

    /** @param atPeak seconds that an update takes at least */
    private void report(SpeedCase one, double atPeak, List<Timed> updates, List<Timed> predictions) throws Exception {
        double[] update = Timed.compare(updates, rounds);
        double[] prediction = Timed.compare(predictions, rounds);
        line(
                "| %s | %d | %d | %.2f | %.0f %% | %s | %.2f | %s |",
                one.name(),
                one.batch(),
                one.frozen() + 1,
                1e3 * update[0],
                100 * atPeak / update[0],
                toPeer(update),
                1e3 * prediction[0],
                toPeer(prediction));
    }

    private static String toPeer(double[] medians) {
        return medians.length < 2 ? "" : String.format(Locale.ROOT, "%.2f", medians[1]);
    }

    private static void requireAgreement(SpeedCase one, String other, float[] found, float[] expected) {
        float largest = 0;
        float difference = 0;
        for (int i = 0; i < found.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(found[i] - expected[i]));
        }
        if (!(difference <= AGREEMENT * largest)) {
            throw new IllegalStateException(one + ": the gradient differs by " + difference + " from that of " + other
                    + ", must be at most " + AGREEMENT + " of its largest value " + largest);
        }
    }

    private void line(String format, Object... values) {
        lines.accept(String.format(Locale.ROOT, format, values));
    }
}
