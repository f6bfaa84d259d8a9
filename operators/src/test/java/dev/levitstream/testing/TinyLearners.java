package dev.levitstream.testing;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.InputShape;
import dev.levitstream.common.OptionReader;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerMethod;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.MethodOptions;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.learner.StateEntry;
import dev.levitstream.learner.change.ChangeDetector;
import dev.levitstream.learner.common.Augmentation;
import dev.levitstream.learner.common.BudgetOptions;
import dev.levitstream.learner.common.MemoryOptions;
import dev.levitstream.learner.common.TrainingOptions;
import dev.levitstream.learner.levit.ExpansionOptions;
import dev.levitstream.learner.levit.ExpansionOptions.Codes;
import dev.levitstream.learner.levit.ExpansionOptions.Criterion;
import dev.levitstream.learner.levit.ExpansionOptions.Scale;
import dev.levitstream.learner.levit.FusionOptions;
import dev.levitstream.learner.levit.LevitOptions;
import dev.levitstream.learner.levit.NetworkOptions;
import dev.levitstream.learner.levit.RoutingOptions;
import dev.levitstream.learner.levit.RoutingOptions.Method;
import dev.levitstream.learner.levit.RoutingOptions.Scorers;
import dev.levitstream.learner.levit.VaeRouter;
import dev.levitstream.learner.linear.FeatureOptions;
import dev.levitstream.learner.linear.FeatureOptions.Kind;
import dev.levitstream.learner.replay.ReplayOptions;
import dev.levitstream.learner.replay.ReplayOptions.Net;
import dev.levitstream.learner.statistics.StatisticsOptions;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.model.ConvolutionalOptions;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.VaeOptions;
import dev.levitstream.nn.model.VitOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Learners that are small enough to run thousands of steps in a test, and still expand, fuse and forget. */
public final class TinyLearners {
    /** Shape of their images. */
    public static final ImageShape SHAPE = new ImageShape(8, 8, 1);

    private static final VitOptions VIT = new VitOptions(SHAPE, 4, 6, 2, List.of(8));

    private TinyLearners() {}

    /** Names of all methods on the class path. */
    public static Stream<String> methods() {
        return LearnerMethods.all().stream().map(LearnerMethod::name);
    }

    /** Names of LEViT and its variants. */
    public static Stream<String> levits() {
        return methods().filter(TinyLearners::isLevit);
    }

    /** Names of all methods that learn labels. */
    public static Stream<String> answering() {
        return methods().filter(method -> !method.equals("none"));
    }

    /** Whether a method is LEViT or a variant. */
    public static boolean isLevit(String method) {
        return family(method).equals("levit");
    }

    /** Whether a method learns by updates of parameters. */
    public static boolean learnsByUpdates(String method) {
        return isLevit(method) || family(method).equals("replay");
    }

    private static String family(String method) {
        return LearnerMethods.named(method).description().family();
    }

    /** Options of a tiny learner of any method. */
    public static LearnerOptions options(String method) {
        MethodOptions own = switch (family(method)) {
            case "levit" -> levit(method);
            case "replay" ->
                new ReplayOptions(
                        Net.VIT,
                        VIT,
                        new ConvolutionalOptions(SHAPE, List.of(5, 6)),
                        training(),
                        new BudgetOptions(3, 2, 0, 50),
                        new MemoryOptions(64, MemoryOptions.Admission.RESERVOIR, MemoryOptions.Unlabelled.ROUTED));
            case "statistics" ->
                new StatisticsOptions(
                        new FeatureOptions(Kind.LEARNT, 2, method.equals("ranpac") ? 20 : 0),
                        method.equals("slda") ? 0 : 1e-2,
                        3,
                        1e-3);
            default -> LearnerMethods.named(method).read(new OptionReader(Map.of()), SHAPE, BackboneFile.NONE);
        };
        return new LearnerOptions(method, SHAPE, 4, 1, 0, 1000, 64, 0, own);
    }

    private static TrainingOptions training() {
        return new TrainingOptions(16, 3e-3, 1e-2, 0.5, 0.999, 0.1, Augmentation.NONE);
    }

    /**
     * The first fill of a memory of 64 expands, later expansions follow the reconstruction error. With equal gates it
     * is as in the preset {@code stream}: few components are asked and fused, expansions follow novelty.
     */
    private static LevitOptions levit(String method) {
        boolean few = method.equals("levit-dkf-fixed");
        return new LevitOptions(
                new FusionOptions(KnowledgeFusion.Level.FEATURES, few ? 1 : 0),
                new RoutingOptions(
                        switch (method) {
                            case "levit-dnn" -> Method.VAE;
                            case "levit-no-dkf" -> Method.DISCRIMINANT;
                            default -> Method.PRODUCT;
                        },
                        VaeRouter.Score.ELBO,
                        few ? Scorers.LIKELIEST : Scorers.ALL,
                        new FeatureOptions(few ? Kind.LEARNT : Kind.RANDOM, 2, 0),
                        few ? 0 : 1e-2),
                new NetworkOptions(VIT, new VaeOptions(SHAPE, 4, List.of(), List.of(12, 12)), List.of(10, 8), false),
                training(),
                new BudgetOptions(3, 2, 0, 50),
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
                        4,
                        ChangeDetector.FALSE_ALARM));
    }

    /** Options of the preset {@code stream}, and others by key. */
    public static LearnerOptions stream(String method, ImageShape shape) {
        MethodOptions own = LearnerMethods.named(method).read(new OptionReader(Map.of()), shape, BackboneFile.NONE);
        return new LearnerOptions(method, shape, 10, 2, 0, 1000, 2048, 0, own);
    }

    /** The method's own settings of a LEViT learner. */
    public static LevitOptions levit(LearnerOptions options) {
        return (LevitOptions) options.own();
    }

    private static LearnerOptions with(LearnerOptions o, int slice, int classes, int labels, MethodOptions own) {
        InputShape input = own.backbone().isGiven() ? own.input(SHAPE) : o.input();
        return new LearnerOptions(o.method(), input, o.batchSize(), slice, classes, labels, o.maxMib(), o.seed(), own);
    }

    /** The same with other settings of the method's own. */
    public static LearnerOptions with(LearnerOptions o, MethodOptions own) {
        return with(o, o.slice(), o.classes(), o.mostLabels(), own);
    }

    /** The same with another bound on one slice of work. */
    public static LearnerOptions withSlice(LearnerOptions o, int slice) {
        return with(o, slice, o.classes(), o.mostLabels(), o.own());
    }

    /** The same with a fixed number of classes. */
    public static LearnerOptions withClasses(LearnerOptions o, int classes) {
        return with(o, o.slice(), classes, o.mostLabels(), o.own());
    }

    /** The same with another bound on labels. */
    public static LearnerOptions withMostLabels(LearnerOptions o, int labels) {
        return with(o, o.slice(), o.classes(), labels, o.own());
    }

    /** The same with another expansion. */
    public static LearnerOptions with(LearnerOptions o, ExpansionOptions expansion) {
        LevitOptions l = levit(o);
        return with(
                o,
                new LevitOptions(
                        l.fusion(), l.routing(), l.network(), l.training(), l.budget(), l.memory(), expansion));
    }

    /** The same with another memory, where the method has one. */
    public static LearnerOptions with(LearnerOptions o, MemoryOptions memory) {
        if (o.own() instanceof LevitOptions l) {
            return with(
                    o,
                    new LevitOptions(
                            l.fusion(), l.routing(), l.network(), l.training(), l.budget(), memory, l.expansion()));
        }
        return o.own() instanceof ReplayOptions r
                ? with(o, new ReplayOptions(r.net(), r.vit(), r.convolutional(), r.training(), r.budget(), memory))
                : o;
    }

    /** The same with another fusion. */
    public static LearnerOptions with(LearnerOptions o, FusionOptions fusion) {
        LevitOptions l = levit(o);
        return with(
                o,
                new LevitOptions(
                        fusion, l.routing(), l.network(), l.training(), l.budget(), l.memory(), l.expansion()));
    }

    /** The same with other sizes. */
    public static LearnerOptions with(LearnerOptions o, NetworkOptions network) {
        LevitOptions l = levit(o);
        return with(
                o,
                new LevitOptions(
                        l.fusion(), l.routing(), network, l.training(), l.budget(), l.memory(), l.expansion()));
    }

    /** The same with another routing. */
    public static LearnerOptions with(LearnerOptions o, RoutingOptions routing) {
        LevitOptions l = levit(o);
        return with(
                o,
                new LevitOptions(
                        l.fusion(), routing, l.network(), l.training(), l.budget(), l.memory(), l.expansion()));
    }

    /** The same with another budget, where the method has one. */
    public static LearnerOptions with(LearnerOptions o, BudgetOptions budget) {
        return with(o, o.own() instanceof LevitOptions l ? l.training() : training(o), budget);
    }

    private static TrainingOptions training(LearnerOptions o) {
        return o.own() instanceof ReplayOptions r ? r.training() : training();
    }

    /** The same with other updates, where the method has any. */
    public static LearnerOptions with(LearnerOptions o, TrainingOptions training) {
        if (o.own() instanceof LevitOptions l) {
            return with(o, training, l.budget());
        }
        return o.own() instanceof ReplayOptions r ? with(o, training, r.budget()) : o;
    }

    private static LearnerOptions with(LearnerOptions o, TrainingOptions training, BudgetOptions budget) {
        if (o.own() instanceof LevitOptions l) {
            return with(
                    o,
                    new LevitOptions(
                            l.fusion(), l.routing(), l.network(), training, budget, l.memory(), l.expansion()));
        }
        return o.own() instanceof ReplayOptions r
                ? with(o, new ReplayOptions(r.net(), r.vit(), r.convolutional(), training, budget, r.memory()))
                : o;
    }

    /** A tiny learner of a replay method with a convolutional net and strong augmentation. */
    public static LearnerOptions convolutionalNet(String method, ImageShape shape) {
        ReplayOptions r = (ReplayOptions) options(method).own();
        TrainingOptions training = new TrainingOptions(16, 3e-3, 1e-2, 0.5, 0.999, 0.1, Augmentation.STRONG);
        ReplayOptions own = new ReplayOptions(
                Net.CONVOLUTIONAL,
                r.vit(),
                new ConvolutionalOptions(shape, List.of(5, 6)),
                training,
                r.budget(),
                r.memory());
        return new LearnerOptions(method, shape, 4, 1, 0, 1000, 64, 0, own);
    }

    /** The same with a convolutional VAE. */
    public static LearnerOptions convolutional(LearnerOptions o) {
        NetworkOptions n = levit(o).network();
        VaeOptions vae = new VaeOptions(SHAPE, 4, List.of(5, 6), List.of(12));
        return with(o, new NetworkOptions(n.vit(), vae, n.dnnHidden(), n.sharedEmbedding()));
    }

    /** The same with another cap on components, and none on what one of them sees. */
    public static LearnerOptions withMost(LearnerOptions o, int components) {
        ExpansionOptions e = levit(o).expansion();
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
                        components,
                        e.falseAlarm()));
    }

    /** The same with more and larger updates, for tests in which something is really learnt. */
    public static LearnerOptions eager(LearnerOptions o) {
        TrainingOptions training =
                new TrainingOptions(16, 1e-2, 1e-2, 0.5, 0.999, 0.1, training(o).augmentation());
        return with(o, training, new BudgetOptions(4, 1, 0, 50));
    }

    /** Shared by all learners of a test run, as by all keys of a task. */
    public static final Compute COMPUTE = new Compute("cpu");

    private static final SharedWeights SHARED = new SharedWeights();

    /** What a learner is given. */
    public static LearnerContext context(LearnerOptions options, long seed) {
        return new LearnerContext(options, seed, COMPUTE, () -> 0, SHARED);
    }

    /** A fresh learner. */
    public static Learner open(LearnerOptions options, long seed) {
        return LearnerMethods.open(context(options, seed), Map.of());
    }

    /** A learner that goes on from another's state. */
    public static Learner restore(LearnerOptions options, Map<String, byte[]> state) {
        // another seed than before: the stored one must win
        return LearnerMethods.open(context(options, 987), state);
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
