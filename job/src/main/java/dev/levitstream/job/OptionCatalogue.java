package dev.levitstream.job;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.OptionReader;
import dev.levitstream.learner.LearnerMethod;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.MethodOptions;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.operator.DeviceChoice;
import dev.levitstream.operator.EventTimeOptions;
import dev.levitstream.operator.InputFormat;
import dev.levitstream.operator.KeyOptions;
import dev.levitstream.operator.OperatorOptions;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Every option of the job, from text to records; a learner's own are read by its method. */
public final class OptionCatalogue {
    /** Key of the option that names a properties file. */
    public static final String CONFIG = "config";

    /** Key of the option that names the method. */
    public static final String LEARNER = "learner";

    /** Key of the option that names the file of a backbone. */
    public static final String BACKBONE = "backbone";

    /** The method that learns where none is asked for. */
    public static final String DEFAULT_LEARNER = "levit-dkf";

    /** Room for every preset at 224x224x3; the article's own needs the most. */
    private static final int MAX_MIB = 2048;
    /** A router may keep sums of every feature for each label: 11 KB with the default of 900 features. */
    private static final int MOST_LABELS = 1000;

    private OptionCatalogue() {}

    /**
     * Reads options.
     *
     * @param given text by key; what is not given has its default
     * @throws IllegalArgumentException with key, value and rule, if one is wrong
     */
    public static JobOptions read(Map<String, String> given) {
        return read(given, warning -> {});
    }

    /**
     * The same.
     *
     * @param warn is told what the user should know, a line each: options that were given by a former name
     */
    public static JobOptions read(Map<String, String> given, Consumer<String> warn) {
        OptionReader reader = new OptionReader(given);
        JobOptions options = read(reader);
        reader.warnings().forEach(warn);
        return options;
    }

    /**
     * Every option of the job and of a method, with its default (for 28x28x1), rule and meaning, in the order of help.
     *
     * @param method its name
     */
    public static List<OptionReader.Option> all(String method) {
        OptionReader reader = new OptionReader(Map.of(LEARNER, method));
        read(reader);
        return reader.options();
    }

    private static LearnerMethod method(OptionReader r) {
        return r.structural()
                .choice(
                        LEARNER,
                        LearnerMethods.named(DEFAULT_LEARNER),
                        LearnerMethods.all().toArray(LearnerMethod[]::new),
                        LearnerMethod::name,
                        "which method learns");
    }

    private static ImageShape image(OptionReader r) {
        return shape(
                r.structural().text("image", "28x28x1", "HEIGHTxWIDTHxCHANNELS, channels 1 to 64", "size of images"));
    }

    private static LearnerOptions learner(OptionReader r, LearnerMethod method, ImageShape image) {
        BackboneFile backbone = BackboneReader.read(r, image);
        LearnerOptions options = LearnerOptions.of(
                method.name(),
                image,
                r.free()
                        .integer(
                                "batch.size",
                                10,
                                "images, at least 1",
                                "images per batch: predicted, then learnt together"),
                r.free()
                        .formerly("budget.slice")
                        .integer(
                                "learner.slice",
                                2,
                                "count, at least 1",
                                "most units of work in one go, for which a checkpoint may wait; an overloaded key does more to"
                                        + " keep pace"),
                r.structural()
                        .integer(
                                "classes",
                                0,
                                "count, at least 0",
                                "most labels; 0 lets the classifier grow with every new one"),
                r.free()
                        .integer(
                                "labels.max",
                                MOST_LABELS,
                                "count, at least 1",
                                "most labels of a key where classes is 0; an image with one more is a dead letter"),
                r.free()
                        .integer(
                                "learner.max-mib",
                                MAX_MIB,
                                "MiB, at least 1",
                                "most memory that a learner with one component may need, as estimated from its sizes"),
                r.free()
                        .whole(
                                "seed",
                                0,
                                "any whole number",
                                "seed of all randomness; each stream key derives its own"),
                own(r, method, image, backbone));
        Check.that(
                !backbone.isGiven() || options.own().backbone().equals(backbone),
                BACKBONE,
                backbone.path(),
                "plays no part in learner=" + method.name() + " with these options: leave it out");
        options.requireFit();
        return options;
    }

    /** The method's own; its records name options without the family. */
    private static MethodOptions own(OptionReader r, LearnerMethod method, ImageShape image, BackboneFile backbone) {
        String family = method.description().family();
        try {
            return method.read(r.under(family), image, backbone);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(family + ".") ? e : new IllegalArgumentException(family + "." + message, e);
        }
    }

    private static JobOptions read(OptionReader r) {
        LearnerMethod method = method(r);
        ImageShape image = image(r);
        OperatorOptions operator = new OperatorOptions(
                learner(r, method, image),
                image,
                keys(r),
                r.free()
                        .choice(
                                "batch.flush",
                                OperatorOptions.Flush.GAP,
                                "what lets an incomplete batch go; wait is not byte-identical"),
                r.free()
                        .whole(
                                "batch.gap-millis",
                                10_000,
                                "milliseconds, at least 1",
                                "event-time gap that closes a batch (flush gap)"),
                r.free()
                        .whole(
                                "batch.wait-millis",
                                1000,
                                "milliseconds, at least 1",
                                "longest wait of a batch (flush wait)"),
                r.free()
                        .integer(
                                "learner.resident-keys",
                                64,
                                "count, at least 1",
                                "most learners in the memory of a subtask; silent keys leave first and come back from state"),
                r.free()
                        .integer(
                                "prediction.scores",
                                100,
                                "count, at least 1",
                                "most scores in one prediction, the highest; the others are summed"),
                r.free()
                        .choice(
                                "device",
                                DeviceChoice.AUTO,
                                "where to compute; auto takes the cluster's external resource gpu if there is one"),
                eventTime(r),
                PictureReader.read(r));
        return new JobOptions(
                KafkaOptionReader.read(r),
                r.free()
                        .choice(
                                "input.format",
                                InputFormat.AVRO,
                                "what the values of kafka.images are: messages of our schema, or pictures themselves, with the"
                                        + " stream key as Kafka key"),
                operator,
                r.free()
                        .whole(
                                "checkpoint.interval-millis",
                                10_000,
                                "milliseconds, at least 100",
                                "time between checkpoints; results become visible with them"),
                r.free()
                        .yesNo(
                                "checkpoint.unaligned",
                                true,
                                "checkpoints overtake waiting records, so that load does not hold them up"),
                r.free()
                        .integer(
                                "parallelism",
                                1,
                                "subtasks, at least 1",
                                "parallel learner tasks; keys are spread over them"),
                r.structural()
                        .integer(
                                "parallelism.max",
                                128,
                                "subtasks, parallelism to 32768",
                                "most subtasks ever; fixed for the life of the state"),
                r.free()
                        .whole(
                                "watermark.late-millis",
                                5000,
                                "milliseconds, at least 0",
                                "how far event times may be out of order"),
                r.free()
                        .whole(
                                "watermark.idle-millis",
                                30_000,
                                "milliseconds, at least 1",
                                "silence after which a partition stops holding watermarks back"),
                r.structure());
    }

    private static KeyOptions keys(OptionReader r) {
        KeyOptions base = KeyOptions.DEFAULT;
        return new KeyOptions(
                r.free()
                        .integer(
                                "keys.max",
                                base.most(),
                                "count, at least 1",
                                "most keys with state in a subtask; images of others become dead letters"),
                r.free()
                        .whole(
                                "keys.expire-millis",
                                base.expireMillis(),
                                "milliseconds of event time, 0 for never",
                                "silence of a key after which its state goes and it starts anew"),
                r.free()
                        .choice(
                                "learner.failure",
                                base.failure(),
                                "what becomes of images of a key whose learner failed on its own numbers: answered by the"
                                        + " learner as it was then, or dead letters"),
                r.free()
                        .texts(
                                "quarantine.release",
                                "KEY#N, comma-separated, as the event KEY_QUARANTINED says",
                                "failed keys that learn again from where they were"),
                r.free()
                        .texts(
                                "quarantine.reset",
                                "KEY#N, comma-separated, as the event KEY_QUARANTINED says",
                                "failed keys that learn again from nothing"));
    }

    private static EventTimeOptions eventTime(OptionReader r) {
        EventTimeOptions base = EventTimeOptions.DEFAULT;
        return new EventTimeOptions(
                r.free()
                        .instant(
                                "event-time.earliest",
                                base.earliest(),
                                "images that claim to be earlier become dead letters; seconds taken for milliseconds do"),
                r.free()
                        .whole(
                                "event-time.ahead-millis",
                                base.aheadMillis(),
                                "milliseconds, at least 0",
                                "images that claim to be further ahead of their record's timestamp become dead letters"));
    }

    private static ImageShape shape(String text) {
        if (!text.matches("[0-9]{1,5}x[0-9]{1,5}x[0-9]{1,2}")) {
            throw new IllegalArgumentException("image=" + text + " must be HEIGHTxWIDTHxCHANNELS, as in 28x28x1");
        }
        String[] sides = text.split("x", -1);
        return new ImageShape(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]), Integer.parseInt(sides[2]));
    }
}
