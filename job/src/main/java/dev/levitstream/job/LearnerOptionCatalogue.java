package dev.levitstream.job;

import dev.levitstream.learner.BudgetOptions;
import dev.levitstream.learner.ExpansionOptions;
import dev.levitstream.learner.FusionOptions;
import dev.levitstream.learner.LearnerKind;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.MemoryOptions;
import dev.levitstream.learner.NetworkOptions;
import dev.levitstream.learner.RoutingOptions;
import dev.levitstream.learner.TrainingOptions;
import dev.levitstream.nn.model.VaeOptions;
import dev.levitstream.nn.model.VitOptions;

/** The options of a learner, from text to records. */
final class LearnerOptionCatalogue {
    private LearnerOptionCatalogue() {}

    /** @param base settings that hold where nothing else is given */
    static LearnerOptions read(OptionReader r, LearnerOptions base) {
        return new LearnerOptions(
                r.structural()
                        .choice("learner", base.kind(), LearnerKind.values(), LearnerKind::key, "which method learns"),
                base.image(),
                r.free()
                        .integer(
                                "batch.size",
                                base.batchSize(),
                                "images, at least 1",
                                "images per batch: predicted, then learnt together"),
                r.structural()
                        .integer(
                                "classes",
                                base.classes(),
                                "count, at least 0",
                                "most labels; 0 lets the classifier grow with every new one"),
                r.free()
                        .integer(
                                "labels.max",
                                base.mostLabels(),
                                "count, at least 1",
                                "most labels of a key where classes is 0; an image with one more is a dead letter"),
                r.free()
                        .integer(
                                "learner.max-mib",
                                base.maxMib(),
                                "MiB, at least 1",
                                "most memory that a learner with one component may need, as estimated from its sizes"),
                r.free()
                        .whole(
                                "seed",
                                base.seed(),
                                "any whole number",
                                "seed of all randomness; each stream key derives its own"),
                fusion(r, base.fusion()),
                routing(r, base.routing()),
                network(r, base.network()),
                training(r, base.training()),
                budget(r, base.budget()),
                memory(r, base.memory()),
                expansion(r, base.expansion()));
    }

    private static FusionOptions fusion(OptionReader r, FusionOptions base) {
        return new FusionOptions(
                r.structural()
                        .choice(
                                "fusion.level",
                                base.level(),
                                "where knowledge of frozen components joins (levit-dkf, levit-dkf-fixed)"),
                r.free()
                        .integer(
                                "fusion.components",
                                base.components(),
                                "count, at least 0",
                                "most frozen components that one fuses, the oldest; 0 for all, as in the article"));
    }

    private static RoutingOptions routing(OptionReader r, RoutingOptions base) {
        return new RoutingOptions(
                r.free()
                        .choice(
                                "routing.router",
                                base.router(),
                                "what chooses the component per image; vae is the article's"),
                r.structural().choice("routing.score", base.score(), "VAE score that novelty and the router vae go by"),
                r.free()
                        .choice(
                                "routing.judges",
                                base.judges(),
                                "whose VAEs look at an image, where router and criterion do not compare all"),
                r.structural()
                        .integer(
                                "routing.filters",
                                base.filters(),
                                "count, at least 1",
                                "random filters of the discriminant; it keeps 9 features of each"),
                r.free()
                        .number(
                                "routing.shrinkage",
                                base.shrinkage(),
                                "positive",
                                "share of the mean variance that the discriminant adds to every feature's"));
    }

    private static NetworkOptions network(OptionReader r, NetworkOptions base) {
        VitOptions vit = base.vit();
        VaeOptions vae = base.vae();
        return new NetworkOptions(
                new VitOptions(
                        vit.image(),
                        r.structural()
                                .integer(
                                        "vit.patch",
                                        vit.patch(),
                                        "pixels, must divide height and width",
                                        "side of a patch"),
                        r.structural()
                                .integer(
                                        "vit.embedding-width",
                                        vit.embeddingWidth(),
                                        "at least 1",
                                        "width of a patch token"),
                        r.structural()
                                .integer("vit.heads", vit.heads(), "at least 1", "attention heads, each of full width"),
                        r.structural()
                                .integers("vit.hidden", vit.hidden(), "widths, at least 1 each", "layers of the MLP")),
                new VaeOptions(
                        vae.image(),
                        r.structural()
                                .integer(
                                        "vae.latent-width", vae.latentWidth(), "at least 1", "width of the VAE's code"),
                        r.structural()
                                .integers(
                                        "vae.channels",
                                        vae.channels(),
                                        "widths, may be empty",
                                        "convolutions of the VAE; empty for a fully connected one"),
                        r.structural()
                                .integers(
                                        "vae.hidden",
                                        vae.hidden(),
                                        "widths; one where vae.channels is given",
                                        "fully connected layers of the VAE")),
                r.structural()
                        .integers("dnn.hidden", base.dnnHidden(), "widths, at least 1 each", "layers of levit-dnn"),
                r.free()
                        .yesNo(
                                "vit.shared-embedding",
                                base.sharedEmbedding(),
                                "whether the patch embedding is learnt by the first component alone"));
    }

    private static TrainingOptions training(OptionReader r, TrainingOptions base) {
        return new TrainingOptions(
                r.free()
                        .integer(
                                "training.batch",
                                base.batch(),
                                "images, at least 1",
                                "images of one update, drawn from the memory"),
                r.free().number("training.learning-rate", base.learningRate(), "positive", "Adam's learning rate"),
                r.free()
                        .number(
                                "training.gate-learning-rate",
                                base.gateLearningRate(),
                                "positive",
                                "Adam's learning rate for fusion gates"),
                r.free().number("training.beta1", base.beta1(), "0 to below 1", "decay of Adam's first moment"),
                r.free().number("training.beta2", base.beta2(), "0 to below 1", "decay of Adam's second moment"),
                r.free().number("training.kl-weight", base.klWeight(), "at least 0", "weight of the VAE's divergence"),
                r.free()
                        .choice(
                                "training.augmentation",
                                base.augmentation(),
                                "how images are changed before an update; costs the cache of frozen components"));
    }

    private static BudgetOptions budget(OptionReader r, BudgetOptions base) {
        return new BudgetOptions(
                r.free()
                        .integer(
                                "budget.updates",
                                base.updates(),
                                "count, at least 0",
                                "updates granted every budget.period batches"),
                r.free().integer("budget.period", base.period(), "batches, at least 1", "batches between grants"),
                r.free()
                        .integer(
                                "budget.millis",
                                base.millis(),
                                "milliseconds, 0 for none",
                                "most time for updates per batch; a bound is not byte-identical"),
                r.free()
                        .integer(
                                "budget.slice",
                                base.slice(),
                                "count, at least 1",
                                "most updates in one go, for which a checkpoint may wait; an overloaded key does more to keep pace"),
                r.free()
                        .integer(
                                "budget.queue",
                                base.queue(),
                                "count, at least budget.updates",
                                "most updates that may wait"));
    }

    private static MemoryOptions memory(OptionReader r, MemoryOptions base) {
        return new MemoryOptions(
                r.free()
                        .integer(
                                "memory.capacity", base.capacity(), "images, at least 64", "size of the replay memory"),
                r.free().choice("memory.admission", base.admission(), "what a full memory keeps"),
                r.free().choice("memory.unlabelled", base.unlabelled(), "which unlabelled images are learnt"));
    }

    private static ExpansionOptions expansion(OptionReader r, ExpansionOptions base) {
        return new ExpansionOptions(
                r.free().choice("expansion.criterion", base.criterion(), "what tells that the world has changed"),
                r.free().choice("expansion.scale", base.scale(), "measure itself, or divided by what is usual"),
                r.free().number("expansion.threshold", base.threshold(), "positive", "what the measure must exceed"),
                r.free().choice("expansion.codes", base.codes(), "codes that the latent criterion compares"),
                r.free()
                        .integer(
                                "expansion.samples",
                                base.samples(),
                                "images, at least 16",
                                "images that the latent and ratio measures compare"),
                r.free()
                        .number(
                                "expansion.evidence",
                                base.evidence(),
                                "thresholds, positive",
                                "excess over the threshold that the novelty criterion must add up"),
                r.free()
                        .integer(
                                "expansion.warm-up",
                                base.warmUp(),
                                "images, at least 64",
                                "images a component sees before novelty is judged"),
                r.free()
                        .yesNo(
                                "expansion.first-fill",
                                base.firstFill(),
                                "whether the first fill of the memory always expands"),
                r.free()
                        .whole(
                                "expansion.max-images",
                                base.maxImages(),
                                "images, 0 for no such limit",
                                "images after which a component is frozen whatever is measured"),
                r.free()
                        .integer(
                                "components.max",
                                base.maxComponents(),
                                "count, at least 1",
                                "most components; at the cap the active one learns on"));
    }
}
