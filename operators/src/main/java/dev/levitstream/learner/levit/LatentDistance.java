package dev.levitstream.learner.levit;

import dev.levitstream.common.InputShape;
import dev.levitstream.common.Randomness;
import dev.levitstream.common.Randomness.Purpose;
import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.common.Component;
import dev.levitstream.learner.common.InputValues;
import dev.levitstream.learner.common.MemoryItem;
import dev.levitstream.learner.common.ReplayMemory;
import dev.levitstream.learner.levit.ExpansionOptions.Codes;
import dev.levitstream.learner.levit.ExpansionOptions.Scale;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Eq. (6): S_j = mean over i of ||u(generated_j[i]) - u(memory[i])||, u the code of the active encoder, generated_j
 * what frozen component j generates from standard normal codes; novel if the smallest S_j exceeds the threshold. On the
 * ratio scale S_j is divided by the same distance for what the active component itself generates (algorithm document,
 * end of section 8).
 *
 * <p>Posterior means by default (ambiguity A1): sampled codes lie sqrt(2 d) apart whatever they code.
 */
final class LatentDistance implements ExpansionCriterion {
    private final ExpansionOptions options;
    private final InputShape input;
    private final long seed;

    LatentDistance(ExpansionOptions options, InputShape input, long seed) {
        this.options = options;
        this.input = input;
        this.seed = seed;
    }

    @Override
    public Optional<Verdict> verdict(List<byte[]> batch, ReplayMemory memory, ComponentPool pool) {
        if (!memory.isOverfull() || pool.frozen().isEmpty()) {
            return Optional.empty();
        }
        int rows = options.samples();
        Component active = pool.active();
        float[] seen = active.codes(values(memory.spread(rows)), rows, sampling(0));
        double smallest = Double.POSITIVE_INFINITY;
        for (Component component : pool.frozen()) {
            smallest = Math.min(smallest, distance(active, component, seen, rows));
        }
        if (options.scale() == Scale.RATIO) {
            smallest = ExpansionCriterion.ratio(smallest, distance(active, active, seen, rows));
        }
        return Optional.of(new Verdict(smallest, options.threshold()));
    }

    private double distance(Component active, Component generating, float[] seen, int rows) {
        SplittableRandom random = Randomness.at(seed, Purpose.GENERATE, generating.id());
        float[] generated = active.codes(generating.generate(rows, random), rows, sampling(generating.id()));
        return meanDistance(seen, generated, rows);
    }

    /** Noise of sampled codes; the same at every check, so that only parameters and images move the distance. */
    private Optional<SplittableRandom> sampling(int id) {
        return options.codes() == Codes.MEAN
                ? Optional.empty()
                : Optional.of(Randomness.at(seed, Purpose.GENERATE, -1L - id));
    }

    /** Mean Euclidean distance of matching rows. */
    static double meanDistance(float[] a, float[] b, int rows) {
        int width = a.length / rows;
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            double squares = 0;
            for (int i = row * width; i < (row + 1) * width; i++) {
                double difference = a[i] - b[i];
                squares += difference * difference;
            }
            sum += Math.sqrt(squares);
        }
        return sum / rows;
    }

    private float[] values(List<MemoryItem> images) {
        return InputValues.of(input, images.stream().map(MemoryItem::pixels).toList());
    }
}
