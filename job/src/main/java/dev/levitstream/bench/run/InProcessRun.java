package dev.levitstream.bench.run;

import dev.levitstream.bench.run.RunResult.Profile;
import dev.levitstream.common.ImageShape;
import dev.levitstream.data.Rescaling;
import dev.levitstream.learner.Accuracy;
import dev.levitstream.learner.ComponentProfile;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Inspectable;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerEvent;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.Outcome;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.nn.engine.Compute;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import javax.imageio.ImageIO;

/** One run of one learner over a benchmark, in this thread. */
final class InProcessRun {
    /** Images of each task that the rows of the accuracy matrix are measured on. */
    static final int MATRIX_IMAGES = 200;

    private static final int TRACE_POINTS = 400;
    private static final int SAMPLES = 10;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Benchmark benchmark;
    private final RunPlan plan;
    private final LearnerOptions options;
    private final LongConsumer progress;
    private final StreamTrace trace;
    private final ExpansionRecord expansions = new ExpansionRecord();
    private final List<List<Double>> matrix = new ArrayList<>();
    private long seen;
    private long updates;
    private long learningNanos;

    /** @param progress told of images as they are done, on {@link #work} in all */
    InProcessRun(Benchmark benchmark, RunPlan plan, LongConsumer progress) {
        this.benchmark = benchmark;
        this.plan = plan;
        this.options = plan.options(benchmark.shape());
        this.progress = progress;
        long images = benchmark.trainImages() * (plan.isOffline() ? plan.epochs() : 1);
        this.trace = new StreamTrace(Math.max(1, images / TRACE_POINTS));
    }

    /** Images that the run predicts (count). */
    static long work(Benchmark benchmark, RunPlan plan) {
        long train = benchmark.trainImages() * (plan.isOffline() ? plan.epochs() : 1);
        long rows = 0;
        for (int t = 0; t < benchmark.tasks().size() && !plan.isOffline(); t++) {
            rows += (long) (t + 1)
                    * Math.min(MATRIX_IMAGES, benchmark.tasks().get(t).test().size());
        }
        return train + rows + benchmark.testImages();
    }

    RunResult run() {
        try (Compute compute = new Compute("cpu");
                Learner learner = LearnerMethods.open(
                        new LearnerContext(options, plan.seed(), compute, System::nanoTime, new SharedWeights()),
                        Map.of())) {
            if (plan.isOffline()) {
                learnOffline(learner);
            } else {
                learnStream(learner);
            }
            learner.onEvent(LearnerEvent.END_OF_STREAM);
            Learning.learn(learner);
            return result(learner);
        }
    }

    private void learnStream(Learner learner) {
        for (int t = 0; t < benchmark.tasks().size(); t++) {
            if (t > 0) {
                trace.change(seen);
                if (plan.oracleBoundaries()) {
                    learner.onEvent(LearnerEvent.BOUNDARY).ifPresent(created -> expansions.told(created.componentId()));
                }
            }
            expansions.startTask(seen);
            List<LabelledImage> images =
                    plan.shuffled(t, benchmark.tasks().get(t).train());
            learn(learner, images);
            expansions.endTask(images.size());
            List<Double> row = new ArrayList<>();
            for (int j = 0; j <= t; j++) {
                List<LabelledImage> test = benchmark.tasks().get(j).test();
                row.add(accuracy(learner, test.subList(0, Math.min(MATRIX_IMAGES, test.size()))));
            }
            matrix.add(row);
        }
    }

    private void learnOffline(Learner learner) {
        List<LabelledImage> all = new ArrayList<>();
        benchmark.tasks().forEach(task -> all.addAll(task.train()));
        for (int epoch = 0; epoch < plan.epochs(); epoch++) {
            learn(learner, plan.shuffled(epoch, all));
        }
    }

    private void learn(Learner learner, List<LabelledImage> images) {
        int size = options.batchSize();
        for (int i = 0; i < images.size(); i += size) {
            List<LabelledImage> batch = images.subList(i, Math.min(images.size(), i + size));
            long start = System.nanoTime();
            Outcome outcome = Learning.observe(learner, batch);
            learningNanos += System.nanoTime() - start;
            updates += outcome.updates();
            trace.add(seen, batch, outcome.predictions());
            seen += batch.size();
            outcome.expansion().ifPresent(expansion -> expansions.found(expansion, seen - 1));
            progress.accept(batch.size());
        }
    }

    private double accuracy(Learner learner, List<LabelledImage> test) {
        long right = 0;
        for (int i = 0; i < test.size(); i += TestReading.CHUNK) {
            List<LabelledImage> asked = test.subList(i, Math.min(test.size(), i + TestReading.CHUNK));
            List<ImagePrediction> answers = Learning.predict(learner, asked);
            for (int k = 0; k < asked.size(); k++) {
                right += answers.get(k).label().equals(asked.get(k).label()) ? 1 : 0;
            }
            progress.accept(asked.size());
        }
        return (double) right / test.size();
    }

    private RunResult result(Learner learner) {
        TestReading test = TestReading.of(learner, benchmark.tasks(), expansions::homeOf, progress);
        List<ComponentProfile> profiles = learner instanceof Inspectable inside ? inside.profiles(SAMPLES) : List.of();
        long parameters = learner.describe().parameters();
        long stateBytes = learner.state().stream()
                .mapToLong(entry -> entry.content().get().length)
                .sum();
        boolean expands = learner instanceof Inspectable;
        return new RunResult(
                benchmark.name(),
                plan.name(),
                plan,
                benchmark.trainImages(),
                benchmark.testImages(),
                benchmark.tasks().stream().map(Task::name).toList(),
                options.own().variant(),
                Build.commit(),
                Build.machine(),
                test.accuracy(),
                expands ? test.taskSetAccuracy() : Double.NaN,
                expands ? test.routingAccuracy() : Double.NaN,
                expands ? test.oracleAccuracy() : Double.NaN,
                matrix,
                forgetting(),
                backwardTransfer(),
                learner.describe().accuracy().map(Accuracy::total).orElse(Double.NaN),
                expansions.births(),
                expands ? expansions.missed() : 0,
                expansions.falseOnes(),
                expansions.delays(),
                learner.describe().components().orElse(1),
                parameters
                        - profiles.stream()
                                .mapToLong(ComponentProfile::vaeParameters)
                                .sum(),
                profiles.stream().mapToLong(ComponentProfile::vaeParameters).sum(),
                stateBytes,
                updates,
                learningNanos / NANOS_PER_SECOND,
                profiles.stream()
                        .map(profile -> shown(profile, benchmark.shape()))
                        .toList(),
                trace.done());
    }

    private double forgetting() {
        double sum = 0;
        int last = matrix.size() - 1;
        for (int j = 0; j < last; j++) {
            double best = 0;
            for (int i = j; i <= last; i++) {
                best = Math.max(best, matrix.get(i).get(j));
            }
            sum += best - matrix.get(last).get(j);
        }
        return last < 1 ? 0 : sum / last;
    }

    private double backwardTransfer() {
        double sum = 0;
        int last = matrix.size() - 1;
        for (int j = 0; j < last; j++) {
            sum += matrix.get(last).get(j) - matrix.get(j).get(j);
        }
        return last < 1 ? 0 : sum / last;
    }

    private static Profile shown(ComponentProfile profile, ImageShape shape) {
        List<Double> gates = new ArrayList<>();
        for (float gate : profile.gates()) {
            gates.add((double) gate);
        }
        return new Profile(
                profile.id(),
                profile.imagesSeen(),
                gates,
                profile.generated().stream().map(pixels -> png(pixels, shape)).toList());
    }

    private static String png(byte[] pixels, ImageShape shape) {
        if (shape.channels() != 1 && shape.channels() != 3) {
            return "";
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(Rescaling.picture(pixels, shape), "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return Base64.getEncoder().encodeToString(out.toByteArray());
    }
}
