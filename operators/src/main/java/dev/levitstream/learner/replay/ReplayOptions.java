package dev.levitstream.learner.replay;

import dev.levitstream.learner.MethodOptions;
import dev.levitstream.learner.common.BudgetOptions;
import dev.levitstream.learner.common.MemoryOptions;
import dev.levitstream.learner.common.TrainingOptions;
import dev.levitstream.nn.model.VitOptions;

/**
 * Settings of the replay methods.
 *
 * @param vit the network
 * @param training one update; a batch of it are the latest labelled images and as many from the memory
 * @param budget how many updates
 * @param memory replay memory, a reservoir
 */
public record ReplayOptions(VitOptions vit, TrainingOptions training, BudgetOptions budget, MemoryOptions memory)
        implements MethodOptions {
    private static final long serialVersionUID = 1L;
}
