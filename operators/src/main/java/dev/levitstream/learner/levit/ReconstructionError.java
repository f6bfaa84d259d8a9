package dev.levitstream.learner.levit;

import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.common.Component;
import dev.levitstream.learner.common.MemoryItem;
import dev.levitstream.learner.common.ReplayMemory;
import dev.levitstream.learner.levit.ExpansionOptions.Scale;
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
    private final ExpansionOptions options;

    ReconstructionError(ExpansionOptions options) {
        this.options = options;
    }

    @Override
    public Optional<Verdict> verdict(List<byte[]> batch, ReplayMemory memory, ComponentPool pool) {
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
        if (options.scale() == Scale.RATIO) {
            smallest = ExpansionCriterion.ratio(smallest, ownError(memory.spread(options.samples()), pool.active()));
        }
        return Optional.of(new Verdict(smallest, options.threshold()));
    }

    private double ownError(List<MemoryItem> images, Component active) {
        List<byte[]> pixels = new ArrayList<>(images.size());
        images.forEach(image -> pixels.add(image.pixels()));
        double sum = 0;
        for (float error : active.densities(pixels).reconstruction()) {
            sum += error;
        }
        return sum / pixels.size();
    }
}
