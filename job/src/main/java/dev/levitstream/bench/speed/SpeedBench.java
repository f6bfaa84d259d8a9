package dev.levitstream.bench.speed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.ImageShape;
import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerEvent;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.learner.levit.LevitOptions;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.GradMode;
import dev.levitstream.nn.graph.Array;
import dev.levitstream.nn.graph.Form;
import dev.levitstream.nn.graph.Graph;
import dev.levitstream.nn.graph.SymbolicShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.commons.statistics.descriptive.Median;

/**
 * How fast learners are, always against something else in the same run: scripts against arrays and against PyTorch,
 * many components against few, two threads against one, and all of it against the machine's matrix product. What is
 * compared takes turns in short windows; figures are medians over the rounds.
 */
public final class SpeedBench {
    static final ImageShape MNIST = new ImageShape(28, 28, 1);
    private static final ImageShape CIFAR = new ImageShape(32, 32, 3);
    private static final List<SpeedCase> CASES = List.of(
            new SpeedCase("MNIST", "stream", MNIST, 10, 0),
            new SpeedCase("MNIST", "stream", MNIST, 64, 0),
            new SpeedCase("MNIST", "stream", MNIST, 10, 9),
            new SpeedCase("MNIST", "stream", MNIST, 64, 9),
            new SpeedCase("CIFAR, preset stream", "stream", CIFAR, 64, 0),
            new SpeedCase("CIFAR, preset paper", "paper", CIFAR, 10, 0),
            new SpeedCase("CIFAR, preset paper", "paper", CIFAR, 64, 0));
    private static final List<Integer> COMPONENTS = List.of(1, 2, 5, 10, 20, 50);
    private static final double WINDOW_SECONDS = 0.25;
    /** Relative to the largest value. */
    private static final double AGREEMENT = 1e-4;

    private static final int SIDE = 1024;
    private static final int UPDATES = 4;
    /** Batches that fill a mini-batch of 64. */
    private static final int FILL = 8;

    private static final int WARM_UP = 10;

    private final Optional<String> python;
    private final int rounds;
    private final List<SpeedCase> cases;
    private final Consumer<String> lines;
    /** What is said of the peer. */
    private String other = "";

    /**
     * @param python command that has PyTorch; empty to do without the peer
     * @param only how the names of the networks start that are compared; empty for all
     * @param rounds turns of each (count), at least 1
     * @param lines takes the report, line by line
     */
    public SpeedBench(Optional<String> python, String only, int rounds, Consumer<String> lines) {
        this.python = python;
        this.cases = CASES.stream().filter(one -> one.name().startsWith(only)).toList();
        if (cases.isEmpty()) {
            throw new IllegalArgumentException("only=" + only + " must start one of "
                    + CASES.stream().map(SpeedCase::name).distinct().toList());
        }
        this.rounds = rounds;
        this.lines = lines;
    }

    /** What can be timed: seconds that so many repetitions take. */
    private interface Timed {
        double seconds(int times) throws Exception;
    }

    private static Timed timed(Runnable work) {
        return times -> {
            long start = System.nanoTime();
            for (int i = 0; i < times; i++) {
                work.run();
            }
            return (System.nanoTime() - start) / 1e9;
        };
    }

    private void line(String format, Object... values) {
        lines.accept(String.format(Locale.ROOT, format, values));
    }

    /** Everything. */
    public void run() throws Exception {
        LearnerMemory.measure(lines); // first: what others leave free would be used again and not seen
        line("");
        double peak = peak();
        line("Matrix product %d x %d, single precision, one thread: %.0f GFLOP/s.", SIDE, SIDE, peak / 1e9);
        line("");
        line(
                "| network | images | components | update, ms | of peak | to PyTorch | prediction of 10, ms | to PyTorch |");
        line("|---|---|---|---|---|---|---|---|");
        for (SpeedCase one : cases) {
            compare(one, peak);
        }
        line("");
        line("Ratios are time of this project over time of the other: below 1 is faster.%s", other);
        line("");
        components();
        line("");
        slots();
        line("");
    }

    private void compare(SpeedCase one, double peak) throws Exception {
        SpeedCase small = new SpeedCase(one.name(), one.preset(), one.shape(), World.BATCH, one.frozen());
        try (JavaUpdates script = new JavaUpdates(one);
                JavaUpdates smallScript = new JavaUpdates(small)) {
            List<Timed> updates = new ArrayList<>(List.of(timed(script::update)));
            List<Timed> predictions = new ArrayList<>(List.of(timed(smallScript::predict)));
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
        double[] update = takingTurns(updates);
        double[] prediction = takingTurns(predictions);
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

    /**
     * Median seconds per repetition of the first, then the median ratio of the first to each other one over rounds in
     * which each has a turn.
     */
    private double[] takingTurns(List<Timed> all) throws Exception {
        int[] times = new int[all.size()];
        for (int k = 0; k < times.length; k++) {
            int warmUp = all.get(k).seconds(1) < WINDOW_SECONDS ? WARM_UP : 1;
            double once = all.get(k).seconds(warmUp) / warmUp;
            times[k] = (int) Math.ceil(WINDOW_SECONDS / once);
        }
        double[][] measured = new double[all.size()][rounds];
        for (int round = 0; round < rounds; round++) {
            for (int k = 0; k < times.length; k++) {
                measured[k][round] = all.get(k).seconds(times[k]) / times[k];
            }
        }
        double[] medians = new double[all.size()];
        medians[0] = median(measured[0]);
        for (int k = 1; k < medians.length; k++) {
            double[] ratios = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                ratios[round] = measured[0][round] / measured[k][round];
            }
            medians[k] = median(ratios);
        }
        return medians;
    }

    private static double median(double[] values) {
        return Median.withDefaults().evaluate(values);
    }

    /** Operations per second of a large matrix product. */
    private double peak() throws Exception {
        try (Compute compute = new Compute("cpu");
                NDManager scope = compute.newManager()) {
            NDArray a = scope.ones(new Shape(SIDE, SIDE));
            NDArray b = scope.ones(new Shape(SIDE, SIDE));
            NDArray zeros = scope.zeros(new Shape(SIDE));
            Graph graph = new Graph(Form.WHOLE, compute.matMul(), 0);
            SymbolicShape square = SymbolicShape.of(SIDE, SIDE);
            Array rows = graph.input("rows", square);
            Array weight = graph.input("weight", square);
            String script = graph.text(List.of(rows.linear(weight, graph.input("bias", SymbolicShape.of(SIDE)))));
            Timed product =
                    timed(() -> GradMode.off(() -> Compute.run(compute.compile(script), new NDList(a, b, zeros)))
                            .close());
            product.seconds(WARM_UP);
            double[] seconds = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                seconds[round] = product.seconds(WARM_UP) / WARM_UP;
            }
            return 2.0 * SIDE * SIDE * SIDE / median(seconds);
        }
    }

    /**
     * A learner of MNIST size, told of each change from one world to the next, taking turns with one that knows a
     * single world.
     */
    private void components() throws Exception {
        line("| components | update of 64, ms | to 1 | prediction of 10 images of the latest world, ms | to 1 "
                + "| of all worlds in turn, ms | to 1 |");
        line("|---|---|---|---|---|---|---|");
        SplittableRandom random = new SplittableRandom(1);
        LearnerOptions options = mnist();
        List<World> worlds = new ArrayList<>(List.of(new World(0)));
        try (Compute compute = new Compute("cpu");
                Learner one = LearnerMethods.open(
                        new LearnerContext(options, 1, compute, System::nanoTime, new SharedWeights()), Map.of());
                Learner many = LearnerMethods.open(
                        new LearnerContext(options, 1, compute, System::nanoTime, new SharedWeights()), Map.of())) {
            fill(one, worlds.get(0), random);
            fill(many, worlds.get(0), random);
            for (int count : COMPONENTS) {
                while (worlds.size() < count) {
                    worlds.add(new World(worlds.size()));
                    many.onEvent(LearnerEvent.BOUNDARY);
                    fill(many, worlds.get(worlds.size() - 1), random);
                }
                line("| %d %s|", count, turns(one, many, worlds, random));
            }
        }
    }

    /** Milliseconds of one learner, and their ratio to another's. */
    private String turns(Learner one, Learner many, List<World> worlds, SplittableRandom random) throws Exception {
        World first = worlds.get(0);
        World latest = worlds.get(worlds.size() - 1);
        double[][] millis = new double[3][rounds];
        double[][] ratios = new double[3][rounds];
        for (int round = 0; round < rounds; round++) {
            List<LabelledImage> known = first.batch(random);
            double alone = timed(() -> Learning.predict(one, known)).seconds(1);
            List<List<LabelledImage>> asked = List.of(latest.batch(random), World.mixed(worlds, random));
            for (int k = 0; k < asked.size(); k++) {
                List<LabelledImage> batch = asked.get(k);
                double seconds = timed(() -> Learning.predict(many, batch)).seconds(1);
                millis[k + 1][round] = 1e3 * seconds;
                ratios[k + 1][round] = seconds / alone;
            }
            double update = secondsPerUpdate(many, latest.batch(random));
            millis[0][round] = 1e3 * update;
            ratios[0][round] = update / secondsPerUpdate(one, known);
        }
        StringBuilder cells = new StringBuilder();
        for (int k = 0; k < millis.length; k++) {
            cells.append(String.format(Locale.ROOT, "| %.2f | %.2f ", median(millis[k]), median(ratios[k])));
        }
        return cells.toString();
    }

    /** The last update of a batch counts as part of its end. */
    private static double secondsPerUpdate(Learner learner, List<LabelledImage> batch) throws Exception {
        Learning.observe(learner, batch, Learning.predict(learner, batch));
        double seconds = timed(() -> Learning.learn(learner, UPDATES - 1)).seconds(1) / (UPDATES - 1);
        Learning.learn(learner);
        return seconds;
    }

    /** As many images as a mini-batch needs, and views of them made. */
    static void fill(Learner learner, World world, SplittableRandom random) {
        for (int i = 0; i < FILL; i++) {
            Learning.observe(learner, world.batch(random));
        }
    }

    /** Updates per second of two threads with a learner each, against one thread with one. */
    private void slots() throws Exception {
        SpeedCase one = CASES.get(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (JavaUpdates first = new JavaUpdates(one);
                JavaUpdates second = new JavaUpdates(one)) {
            timed(first::update).seconds(WARM_UP);
            timed(second::update).seconds(WARM_UP);
            int times = (int) Math.ceil(WARM_UP / timed(first::update).seconds(WARM_UP));
            double[] ratios = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                double alone = timed(first::update).seconds(times);
                long start = System.nanoTime();
                List<Future<Double>> both = new ArrayList<>();
                for (JavaUpdates each : List.of(first, second)) {
                    both.add(threads.submit(() -> timed(each::update).seconds(times)));
                }
                for (Future<Double> thread : both) {
                    thread.get();
                }
                ratios[round] = 2 * alone / ((System.nanoTime() - start) / 1e9);
            }
            line("Two threads with a learner each do %.2f times the updates of one.", median(ratios));
        } finally {
            threads.shutdownNow();
        }
    }

    /** The method's own settings; what is compared here are LEViT's networks. */
    static LevitOptions own(LearnerOptions options) {
        return (LevitOptions) options.own();
    }

    private static LearnerOptions mnist() {
        return OptionCatalogue.read(Map.of(
                        "image",
                        MNIST.toString(),
                        "levit.components.max",
                        "50",
                        "levit.budget.updates",
                        Integer.toString(UPDATES)))
                .operator()
                .learner();
    }
}
