package dev.levitstream.bench.speed;

import dev.levitstream.common.Check;
import dev.levitstream.common.TokenShape;
import dev.levitstream.embedded.OnInterrupt;
import dev.levitstream.embedded.WorkFolder;
import dev.levitstream.job.JobOptions;
import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.nn.backbone.Embedding;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.operator.OperatorOptions;
import dev.levitstream.picture.Picture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Cameras of full HD: what each stage takes of one core, and how many images a second the whole job learns, without a
 * broker, on one slot and on two.
 */
public final class CameraSpeed {
    private static final int KEYS = 5;
    /** Images of a key in a turn (count). */
    private static final int IMAGES = 40;

    private static final int SLOTS = Workload.SLOTS;
    private static final String PARALLELISM = "parallelism";

    private final JobOptions oneSlot;
    private final JobOptions twoSlots;
    private final int rounds;
    private final Consumer<String> lines;

    /**
     * @param given options of the job
     * @param rounds turns of each (count), at least 1
     * @param lines takes the report, line by line
     * @throws IllegalArgumentException in one line, if an option is wrong
     */
    public CameraSpeed(Map<String, String> given, int rounds, Consumer<String> lines) {
        String slots = given.getOrDefault(PARALLELISM, "");
        Check.that(slots.isEmpty(), PARALLELISM, slots, "must not be set: one slot and two take turns");
        this.oneSlot = options(given, 1);
        this.twoSlots = options(given, SLOTS);
        this.rounds = rounds;
        this.lines = lines;
    }

    private static JobOptions options(Map<String, String> given, int slots) {
        Map<String, String> all = new HashMap<>(given);
        all.putIfAbsent("image", "64x64x3");
        all.put(PARALLELISM, Integer.toString(slots));
        return OptionCatalogue.read(all);
    }

    public void run() throws Exception {
        try (WorkFolder folder = WorkFolder.temporary()) {
            OnInterrupt.close(folder);
            CameraPictures pictures = CameraPictures.draw(folder.path("pictures"), KEYS);
            double bytes = pictures.all().stream()
                    .mapToInt(file -> file.length)
                    .average()
                    .orElseThrow();
            LearnerOptions learner = oneSlot.operator().learner();
            line(
                    "JPEGs of 1920x1080, %.0f kB each; image=%s, learner=%s, input %s",
                    bytes / 1e3, oneSlot.operator().image(), learner.method(), learner.input());
            line("");
            stages(pictures);
            line("");
            job(folder, pictures);
        }
    }

    private void stages(CameraPictures pictures) throws Exception {
        OperatorOptions options = oneSlot.operator();
        List<byte[]> files = pictures.all().subList(0, CameraPictures.EACH);
        List<byte[]> images = new ArrayList<>();
        line("| stage, one core | ms an image |");
        line("|---|---|");
        row("decode and shrink", files.size(), () -> {
            images.clear();
            files.forEach(
                    file -> images.add(Picture.of(file, options.pictures()).pixels(options.image())));
        });
        List<byte[]> inputs = new ArrayList<>(images);
        if (options.learner().input() instanceof TokenShape tokens) {
            try (Embedding embedding =
                    Embedding.open(options.learner().own().backbone(), options.image(), tokens, "cpu")) {
                row("embed, one by one", images.size(), () -> {
                    inputs.clear();
                    images.forEach(image -> inputs.add(embedding.of(image)));
                });
                twoThreads(options, files.get(0), embedding);
                if (embedding.block() > 1) {
                    row("embed, " + embedding.block() + " at once", images.size(), () -> embedding.of(images));
                }
            }
        }
        learner(options.learner(), inputs);
    }

    /** What two subtasks could do at best: their work on threads of nobody else. */
    private void twoThreads(OperatorOptions options, byte[] file, Embedding embedding) throws Exception {
        Runnable work = () -> embedding.of(Picture.of(file, options.pictures()).pixels(options.image()));
        ExecutorService threads = Executors.newFixedThreadPool(SLOTS);
        try {
            Timed both = Timed.together(Collections.nCopies(SLOTS, work), threads);
            double ratio = SLOTS * Timed.compare(List.of(Timed.of(work), both), rounds)[1];
            line("| decode and embed, two threads: times the images of one | %.2f |", ratio);
        } finally {
            threads.shutdownNow();
        }
    }

    private void learner(LearnerOptions options, List<byte[]> inputs) throws Exception {
        List<LabelledImage> batch = new ArrayList<>();
        for (int i = 0; i < options.batchSize(); i++) {
            batch.add(new LabelledImage(inputs.get(i % inputs.size()), Optional.of("label-" + i % 2)));
        }
        try (Compute compute = new Compute("cpu");
                Learner learner = LearnerMethods.open(
                        new LearnerContext(options, 1, compute, System::nanoTime, new SharedWeights()), Map.of())) {
            row("answer", batch.size(), () -> Learning.predict(learner, batch));
            row("answer and learn", batch.size(), () -> {
                Learning.observe(learner, batch);
                Learning.learn(learner);
            });
        }
    }

    private void row(String stage, int images, Runnable work) throws Exception {
        double millis = 1e3 * Timed.compare(List.of(Timed.of(work)), rounds)[0] / images;
        line(millis < 0.1 ? "| %s | %.3f |" : "| %s | %.2f |", stage, millis);
    }

    private void job(WorkFolder folder, CameraPictures pictures) throws Exception {
        List<String> keys = Workload.keys(KEYS, oneSlot.maxParallelism());
        double[] one = new double[rounds];
        double[] two = new double[rounds];
        double[] ratios = new double[rounds];
        try (WithoutBroker single = new WithoutBroker(oneSlot, keys, pictures, folder.path("one"));
                WithoutBroker both = new WithoutBroker(twoSlots, keys, pictures, folder.path("two"))) {
            single.round(IMAGES);
            both.round(IMAGES);
            for (int round = 0; round < rounds; round++) {
                one[round] = single.round(IMAGES);
                two[round] = both.round(IMAGES);
                ratios[round] = two[round] / one[round];
            }
        }
        line("The job, %d keys, no broker, medians of %d turns of %d images each:", KEYS, rounds, KEYS * IMAGES);
        line("");
        line("| one slot, images/s | two slots | to one | resident memory, MB |");
        line("|---|---|---|---|");
        line(
                "| %.1f | %.1f | %.2f | %.0f |",
                Timed.median(one), Timed.median(two), Timed.median(ratios), ResidentMemory.bytes() / 1e6);
    }

    private void line(String format, Object... values) {
        lines.accept(String.format(Locale.ROOT, format, values));
    }
}
