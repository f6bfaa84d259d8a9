package dev.levitstream.bench.speed;

import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerEvent;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.nn.engine.Compute;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** What learners of MNIST size take of the machine's memory while they live, and what their states take. */
final class LearnerMemory {
    private LearnerMemory() {}

    static void measure(Crowd crowd, Consumer<String> lines) throws IOException {
        lines.accept("| components of a learner | resident memory, MB | state, MB |");
        lines.accept("|---|---|---|");
        LearnerOptions options = OptionCatalogue.read(
                        Map.of("image", SpeedCase.MNIST.toString(), "levit.budget.updates", "1"))
                .operator()
                .learner();
        SplittableRandom random = new SplittableRandom(1);
        SharedWeights shared = new SharedWeights();
        try (Compute compute = new Compute("cpu")) {
            learner(options, compute, shared, random).close(); // what the first one leaves is not a learner's
            List<Learner> learners = new ArrayList<>();
            try {
                measure(crowd, options, compute, shared, random, learners, lines);
            } finally {
                learners.forEach(Learner::close);
            }
        }
    }

    private static void measure(
            Crowd crowd,
            LearnerOptions options,
            Compute compute,
            SharedWeights shared,
            SplittableRandom random,
            List<Learner> learners,
            Consumer<String> lines)
            throws IOException {
        long before = ResidentMemory.bytes();
        for (int i = 0; i < crowd.keys(); i++) {
            learners.add(learner(options, compute, shared, random));
        }
        lines.accept(line(1, before, learners));
        for (int components = 2; components <= crowd.most(); components++) {
            for (Learner learner : learners) {
                learner.onEvent(LearnerEvent.BOUNDARY);
                new World(components - 1).fill(learner, random);
            }
        }
        lines.accept(line(crowd.most(), before, learners));
    }

    private static Learner learner(
            LearnerOptions options, Compute compute, SharedWeights shared, SplittableRandom random) {
        Learner learner =
                LearnerMethods.open(new LearnerContext(options, 1, compute, System::nanoTime, shared), Map.of());
        new World(0).fill(learner, random);
        return learner;
    }

    private static String line(int components, long before, List<Learner> learners) throws IOException {
        double resident = (double) (ResidentMemory.bytes() - before) / learners.size();
        long state = learners.get(0).state().stream()
                .mapToLong(entry -> entry.content().get().length)
                .sum();
        return String.format(Locale.ROOT, "| %d | %.1f | %.1f |", components, resident / 1e6, state / 1e6);
    }
}
