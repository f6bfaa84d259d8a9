package dev.levitstream.testing;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.Augmentation;
import dev.levitstream.learner.BudgetOptions;
import dev.levitstream.learner.ExpansionOptions;
import dev.levitstream.learner.ExpansionOptions.Codes;
import dev.levitstream.learner.ExpansionOptions.Criterion;
import dev.levitstream.learner.ExpansionOptions.Scale;
import dev.levitstream.learner.FusionOptions;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerKind;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.MemoryOptions;
import dev.levitstream.learner.NetworkOptions;
import dev.levitstream.learner.Router;
import dev.levitstream.learner.RoutingOptions;
import dev.levitstream.learner.RoutingOptions.Judges;
import dev.levitstream.learner.RoutingOptions.Method;
import dev.levitstream.learner.StateEntry;
import dev.levitstream.learner.TrainingOptions;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.VaeOptions;
import dev.levitstream.nn.model.VitOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Learners that are small enough to run thousands of steps in a test, and still expand, fuse and forget. */
public final class TinyLearners {
    /** Shape of their images. */
    public static final ImageShape SHAPE = new ImageShape(8, 8, 1);

    private TinyLearners() {}

    /**
     * Options: the first fill of a memory of 64 expands, later expansions follow the reconstruction error. With equal
     * gates it is as in the preset {@code stream}: few components are asked and fused, expansions follow novelty.
     */
    public static LearnerOptions options(LearnerKind kind) {
        boolean few = kind == LearnerKind.LEVIT_DKF_FIXED;
        return new LearnerOptions(
                kind,
                SHAPE,
                4,
                0,
                1000,
                64,
                0,
                new FusionOptions(KnowledgeFusion.Level.FEATURES, few ? 1 : 0),
                new RoutingOptions(
                        switch (kind) {
                            case LEVIT_DNN -> Method.VAE;
                            case LEVIT_NO_DKF -> Method.DISCRIMINANT;
                            default -> Method.PRODUCT;
                        },
                        Router.Score.ELBO,
                        few ? Judges.LIKELIEST : Judges.ALL,
                        2,
                        1e-2),
                new NetworkOptions(
                        new VitOptions(SHAPE, 4, 6, 2, List.of(8)),
                        new VaeOptions(SHAPE, 4, List.of(), List.of(12, 12)),
                        List.of(10, 8),
                        false),
                new TrainingOptions(16, 3e-3, 1e-2, 0.5, 0.999, 0.1, Augmentation.NONE),
                new BudgetOptions(3, 2, 0, 1, 50),
                new MemoryOptions(64, MemoryOptions.Admission.FIFO, MemoryOptions.Unlabelled.ROUTED),
                new ExpansionOptions(
                        few ? Criterion.NOVELTY : Criterion.RECONSTRUCTION,
                        Scale.RATIO,
                        1.6,
                        Codes.MEAN,
                        16,
                        5,
                        64,
                        true,
                        0,
                        4));
    }

    /** The same with another expansion. */
    public static LearnerOptions with(LearnerOptions o, ExpansionOptions expansion) {
        return copy(o, o.classes(), o.fusion(), o.training(), o.budget(), o.memory(), expansion);
    }

    /** The same by another method. */
    public static LearnerOptions with(LearnerOptions o, LearnerKind kind) {
        return new LearnerOptions(
                kind,
                o.image(),
                o.batchSize(),
                o.classes(),
                o.mostLabels(),
                o.maxMib(),
                o.seed(),
                o.fusion(),
                o.routing(),
                o.network(),
                o.training(),
                o.budget(),
                o.memory(),
                o.expansion());
    }

    /** The same with another memory. */
    public static LearnerOptions with(LearnerOptions o, MemoryOptions memory) {
        return copy(o, o.classes(), o.fusion(), o.training(), o.budget(), memory, o.expansion());
    }

    /** The same with another budget. */
    public static LearnerOptions with(LearnerOptions o, BudgetOptions budget) {
        return copy(o, o.classes(), o.fusion(), o.training(), budget, o.memory(), o.expansion());
    }

    /** The same with another fusion. */
    public static LearnerOptions with(LearnerOptions o, FusionOptions fusion) {
        return copy(o, o.classes(), fusion, o.training(), o.budget(), o.memory(), o.expansion());
    }

    /** The same with a convolutional VAE. */
    public static LearnerOptions convolutional(LearnerOptions o) {
        VaeOptions vae = new VaeOptions(SHAPE, 4, List.of(5, 6), List.of(12));
        NetworkOptions network = new NetworkOptions(
                o.network().vit(), vae, o.network().dnnHidden(), o.network().sharedEmbedding());
        return copy(
                o, o.classes(), o.fusion(), o.routing(), network, o.training(), o.budget(), o.memory(), o.expansion());
    }

    /** The same with a fixed number of classes. */
    public static LearnerOptions withClasses(LearnerOptions o, int classes) {
        return copy(o, classes, o.fusion(), o.training(), o.budget(), o.memory(), o.expansion());
    }

    /** The same with another bound on labels. */
    public static LearnerOptions withMostLabels(LearnerOptions o, int labels) {
        return new LearnerOptions(
                o.kind(),
                o.image(),
                o.batchSize(),
                o.classes(),
                labels,
                o.maxMib(),
                o.seed(),
                o.fusion(),
                o.routing(),
                o.network(),
                o.training(),
                o.budget(),
                o.memory(),
                o.expansion());
    }

    /** The same with other updates. */
    public static LearnerOptions with(LearnerOptions o, TrainingOptions training) {
        return copy(o, o.classes(), o.fusion(), training, o.budget(), o.memory(), o.expansion());
    }

    /** The same with other sizes. */
    public static LearnerOptions with(LearnerOptions o, NetworkOptions network) {
        return copy(
                o, o.classes(), o.fusion(), o.routing(), network, o.training(), o.budget(), o.memory(), o.expansion());
    }

    /** The same with another routing. */
    public static LearnerOptions with(LearnerOptions o, RoutingOptions routing) {
        return copy(
                o, o.classes(), o.fusion(), routing, o.network(), o.training(), o.budget(), o.memory(), o.expansion());
    }

    /** The same with another cap on components, and none on what one of them sees. */
    public static LearnerOptions withMost(LearnerOptions o, int components) {
        ExpansionOptions e = o.expansion();
        return with(
                o,
                new ExpansionOptions(
                        e.criterion(),
                        e.scale(),
                        e.threshold(),
                        e.codes(),
                        e.samples(),
                        e.evidence(),
                        e.warmUp(),
                        e.firstFill(),
                        0,
                        components));
    }

    /** The same with more and larger updates, for tests in which something is really learnt. */
    public static LearnerOptions eager(LearnerOptions o) {
        TrainingOptions training = new TrainingOptions(
                16, 1e-2, 1e-2, 0.5, 0.999, 0.1, o.training().augmentation());
        return copy(o, o.classes(), o.fusion(), training, new BudgetOptions(4, 1, 0, 2, 50), o.memory(), o.expansion());
    }

    private static LearnerOptions copy(
            LearnerOptions o,
            int classes,
            FusionOptions fusion,
            TrainingOptions training,
            BudgetOptions budget,
            MemoryOptions memory,
            ExpansionOptions expansion) {
        return copy(o, classes, fusion, o.routing(), o.network(), training, budget, memory, expansion);
    }

    private static LearnerOptions copy(
            LearnerOptions o,
            int classes,
            FusionOptions fusion,
            RoutingOptions routing,
            NetworkOptions network,
            TrainingOptions training,
            BudgetOptions budget,
            MemoryOptions memory,
            ExpansionOptions expansion) {
        return new LearnerOptions(
                o.kind(),
                o.image(),
                o.batchSize(),
                classes,
                o.mostLabels(),
                o.maxMib(),
                o.seed(),
                fusion,
                routing,
                network,
                training,
                budget,
                memory,
                expansion);
    }

    /** Shared by all learners of a test run, as by all keys of a task. */
    public static final Compute COMPUTE = new Compute("cpu");

    /** A fresh learner. */
    public static Learner open(LearnerOptions options, long seed) {
        return options.kind().open(new LearnerContext(options, seed, COMPUTE, () -> 0), Map.of());
    }

    /** A learner that goes on from another's state. */
    public static Learner restore(LearnerOptions options, Map<String, byte[]> state) {
        // another seed than before: the stored one must win
        return options.kind().open(new LearnerContext(options, 987, COMPUTE, () -> 0), state);
    }

    /** All bytes of a learner's state. */
    public static Map<String, byte[]> state(Learner learner) {
        Map<String, byte[]> state = new HashMap<>();
        for (StateEntry entry : learner.state()) {
            state.put(entry.name(), entry.content().get());
        }
        return state;
    }
}
