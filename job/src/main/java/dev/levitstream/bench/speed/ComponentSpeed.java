package dev.levitstream.bench.speed;

import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerEvent;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.nn.engine.Compute;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A learner of MNIST size, told of each change from one world to the next, taking turns with one that knows a single
 * world.
 */
final class ComponentSpeed {
    private static final int UPDATES = 4;

    private final int rounds;
    private final List<Integer> components;
    private final Consumer<String> lines;

    ComponentSpeed(int rounds, List<Integer> components, Consumer<String> lines) {
        this.rounds = rounds;
        this.components = components;
        this.lines = lines;
    }

    void run() throws Exception {
        lines.accept("| components | update of 64, ms | to 1 | prediction of 10 images of the latest world, ms | to 1 "
                + "| of all worlds in turn, ms | to 1 |");
        lines.accept("|---|---|---|---|---|---|---|");
        SplittableRandom random = new SplittableRandom(1);
        LearnerOptions options = mnist(components.get(components.size() - 1));
        List<World> worlds = new ArrayList<>(List.of(new World(0)));
        SharedWeights shared = new SharedWeights();
        try (Compute compute = new Compute("cpu");
                Learner one = LearnerMethods.open(
                        new LearnerContext(options, 1, compute, System::nanoTime, shared), Map.of());
                Learner many = LearnerMethods.open(
                        new LearnerContext(options, 1, compute, System::nanoTime, shared), Map.of())) {
            worlds.get(0).fill(one, random);
            worlds.get(0).fill(many, random);
            for (int count : components) {
                while (worlds.size() < count) {
                    worlds.add(new World(worlds.size()));
                    many.onEvent(LearnerEvent.BOUNDARY);
                    worlds.get(worlds.size() - 1).fill(many, random);
                }
                lines.accept(String.format(Locale.ROOT, "| %d %s|", count, turns(one, many, worlds, random)));
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
            double alone = Timed.of(() -> Learning.predict(one, known)).seconds(1);
            List<List<LabelledImage>> asked = List.of(latest.batch(random), World.mixed(worlds, random));
            for (int k = 0; k < asked.size(); k++) {
                List<LabelledImage> batch = asked.get(k);
                double seconds = Timed.of(() -> Learning.predict(many, batch)).seconds(1);
                millis[k + 1][round] = 1e3 * seconds;
                ratios[k + 1][round] = seconds / alone;
            }
            double update = secondsPerUpdate(many, latest.batch(random));
            millis[0][round] = 1e3 * update;
            ratios[0][round] = update / secondsPerUpdate(one, known);
        }
        StringBuilder cells = new StringBuilder();
        for (int k = 0; k < millis.length; k++) {
            cells.append(
                    String.format(Locale.ROOT, "| %.2f | %.2f ", Timed.median(millis[k]), Timed.median(ratios[k])));
        }
        return cells.toString();
    }

    /** The last update of a batch counts as part of its end. */
    private static double secondsPerUpdate(Learner learner, List<LabelledImage> batch) throws Exception {
        Learning.observe(learner, batch, Learning.predict(learner, batch));
        double seconds = Timed.of(() -> Learning.learn(learner, UPDATES - 1)).seconds(1) / (UPDATES - 1);
        Learning.learn(learner);
        return seconds;
    }

    private static LearnerOptions mnist(int mostComponents) {
        return OptionCatalogue.read(Map.of(
                        "image",
                        SpeedCase.MNIST.toString(),
                        "levit.components.max",
                        Integer.toString(mostComponents),
                        "levit.budget.updates",
                        Integer.toString(UPDATES)))
                .operator()
                .learner();
    }
}
