package dev.levitstream.bench.run;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.OptionReader;
import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.operator.OperatorOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one run is: everything that its result depends on but the images.
 *
 * @param learner name of a learner, or {@value #OFFLINE}
 * @param preset where options come from that are not set
 * @param settings options that are set, by key; those of a method with its family, or without for every method
 * @param epochs passes over the images of the learner {@value #OFFLINE} (count)
 * @param oracleBoundaries whether the learner is told of every change: labelled wherever it is
 * @param seed of the learner and of the order within tasks
 */
public record RunPlan(
        String learner, String preset, Map<String, String> settings, int epochs, boolean oracleBoundaries, long seed) {
    /** The upper bound: one network, all images shuffled together, several passes. */
    public static final String OFFLINE = "offline";

    private static final String OFFLINE_BATCH = "64";

    public RunPlan {
        Check.that(
                learner.equals(OFFLINE)
                        || LearnerMethods.all().stream()
                                .anyMatch(method -> method.name().equals(learner)),
                "learner",
                learner,
                "must be " + OFFLINE + " or a learner of run --help");
        Check.that(epochs >= 1, "epochs", epochs, "must be at least 1");
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings)); // their order shows in the name
    }

    /** Whether a learner creates components, and so has a use for being told of changes. */
    public static boolean expands(String learner) {
        return !learner.equals(OFFLINE)
                && LearnerMethods.named(learner).description().expands();
    }

    /** The method of a learner. */
    public static String method(String learner) {
        return learner.equals(OFFLINE) ? "finetune" : learner;
    }

    boolean isOffline() {
        return learner.equals(OFFLINE);
    }

    /** What tells it from the other runs of a report, but for the seed. */
    public String name() {
        StringBuilder name = new StringBuilder(learner);
        if (oracleBoundaries) {
            name.append(" oracle-boundaries");
        }
        settings.forEach(
                (key, value) -> name.append(' ').append(key).append('=').append(shown(key, value)));
        return name.toString();
    }

    /** A backbone by its file's name alone, and what it is: such runs compare with no run from scratch. */
    private static String shown(String key, String value) {
        return key.equals(OptionCatalogue.BACKBONE) ? Path.of(value).getFileName() + " pretrained" : value;
    }

    /** Images of a task in this run's order. */
    List<LabelledImage> shuffled(int task, List<LabelledImage> images) {
        List<LabelledImage> order = new ArrayList<>(images);
        Collections.shuffle(order, new Random(31 * seed + task));
        return order;
    }

    /** All options of the learner. */
    public LearnerOptions options(ImageShape shape) {
        return operator(shape).learner();
    }

    /** All options of the operators. */
    OperatorOptions operator(ImageShape shape) {
        return OptionCatalogue.read(given(shape)).operator();
    }

    /** Options of the job that are not the presets', by key. */
    public Map<String, String> given(ImageShape shape) {
        Map<String, String> given = new LinkedHashMap<>();
        String method = method(learner);
        String family = LearnerMethods.named(method).description().family();
        given.put(family + ".preset", preset);
        given.put("image", shape.toString());
        given.put("learner", method);
        if (isOffline()) {
            given.put("batch.size", OFFLINE_BATCH);
            given.put(family + ".budget.updates", "1");
            given.put(family + ".budget.period", "1");
        }
        given.put("seed", Long.toString(seed));
        Set<String> own = OptionCatalogue.all(method).stream()
                .map(OptionReader.Option::key)
                .collect(Collectors.toSet());
        settings.forEach((key, value) -> {
            String full = family + "." + key; // without a family it holds for every method that has it
            given.put(own.contains(full) ? full : key, value);
        });
        return given;
    }
}
