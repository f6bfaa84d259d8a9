package dev.levitstream.learner;

import dev.levitstream.learner.ExpansionOptions.Scale;
import dev.levitstream.learner.ReplayMemory.Remembered;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reconstruction error of the memory under each frozen component's VAE at the mean code, averaged over images; novel if
 * the smallest average exceeds the threshold (the score of the authors' sibling TFDSViT). On the ratio scale it is
 * divided by the active component's own.
 *
 * <p>The frozen components' errors lie beside each image, so on the absolute scale the check computes nothing.
 */
final class ReconstructionError implements ExpansionCriterion {
    private final LearnerOptions options;

    ReconstructionError(LearnerOptions options) {
        this.options = options;
    }

    @Override
    public Optional<Verdict> verdict(List<byte[]> batch, ReplayMemory memory, ComponentPool pool) {
        ExpansionOptions expansion = options.expansion();
        int frozen = pool.frozen().size();
        if (!memory.isOverfull() || frozen == 0) {
            return Optional.empty();
        }
        double smallest = Double.POSITIVE_INFINITY;
        for (int j = 0; j < frozen; j++) {
            double sum = 0;
            for (int i = 0; i < memory.size(); i++) {
                sum += memory.get(i).view().errors()[j];
            }
            smallest = Math.min(smallest, sum / memory.size());
        }
        if (expansion.scale() == Scale.RATIO) {
            smallest = ExpansionCriterion.ratio(smallest, ownError(memory.spread(expansion.samples()), pool.active()));
        }
        return Optional.of(new Verdict(smallest, expansion.threshold()));
    }

    private double ownError(List<Remembered> images, Component active) {
        List<byte[]> pixels = new ArrayList<>(images.size());
        images.forEach(image -> pixels.add(image.pixels()));
        double sum = 0;
        for (float error : active.densities(pixels).reconstruction()) {
            sum += error;
        }
        return sum / pixels.size();
    }
}
