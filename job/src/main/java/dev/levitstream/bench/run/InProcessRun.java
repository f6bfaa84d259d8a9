package dev.levitstream.bench.run;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.Accuracy;
import dev.levitstream.learner.ComponentProfile;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Inspectable;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerDescription;
import dev.levitstream.learner.LearnerEvent;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.Outcome;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.operator.OperatorOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** One run of one learner over a benchmark, in this thread. */
final class InProcessRun {
    /** Images of each task that the rows of the accuracy matrix are measured on. */
    static final int MATRIX_IMAGES = 200;

    private static final int TRACE_POINTS = 400;
    private static final int SAMPLES = 10;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Benchmark benchmark;
    private final RunPlan plan;
    private final OperatorOptions operator;
    private final LearnerOptions options;
    private final LongConsumer progress;
    private final TraceRecorder trace;
    private final ExpansionRecord expansions = new ExpansionRecord();
    private final List<List<Double>> matrix = new ArrayList<>();
    private long seen;
    private long updates;
    private long learningNanos;

    /** @param progress told of images as they are done, on {@link #work} in all */
    InProcessRun(Benchmark benchmark, RunPlan plan, LongConsumer progress) {
        this.benchmark = benchmark;
        this.plan = plan;
        this.operator = plan.operator(benchmark.shape());
        this.options = operator.learner();
        this.progress = progress;
        long images = benchmark.trainImages() * (plan.isOffline() ? plan.epochs() : 1);
        this.trace = new TraceRecorder(Math.max(1, images / TRACE_POINTS));
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
                LearnerInputs inputs = LearnerInputs.open(operator);
                Learner learner = LearnerMethods.open(
                        new LearnerContext(options, plan.seed(), compute, System::nanoTime, new SharedWeights()),
                        Map.of())) {
            if (plan.isOffline()) {
                learnOffline(learner, inputs);
            } else {
                learnStream(learner, inputs);
            }
            learner.onEvent(LearnerEvent.END_OF_STREAM);
            Learning.learn(learner);
            return result(learner, inputs);
        }
    }

    private void learnStream(Learner learner, LearnerInputs inputs) {
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
            learn(learner, inputs, images);
            expansions.endTask(images.size());
            List<Double> row = new ArrayList<>();
            for (int j = 0; j <= t; j++) {
                row.add(accuracy(learner, inputs, benchmark.tasks().get(j).someTest(MATRIX_IMAGES)));
            }
            matrix.add(row);
        }
    }

    private void learnOffline(Learner learner, LearnerInputs inputs) {
        List<LabelledImage> all = new ArrayList<>();
        benchmark.tasks().forEach(task -> all.addAll(task.train()));
        for (int epoch = 0; epoch < plan.epochs(); epoch++) {
            learn(learner, inputs, plan.shuffled(epoch, all));
        }
    }

    private void learn(Learner learner, LearnerInputs inputs, List<LabelledImage> images) {
        int size = options.batchSize();
        for (int i = 0; i < images.size(); i += size) {
            List<LabelledImage> batch = images.subList(i, Math.min(images.size(), i + size));
            long start = System.nanoTime();
            Outcome outcome = Learning.observe(learner, inputs.of(batch));
            learningNanos += System.nanoTime() - start;
            updates += outcome.updates();
            trace.add(seen, batch, outcome.predictions());
            seen += batch.size();
            outcome.expansion().ifPresent(expansion -> expansions.found(expansion, seen - 1));
            progress.accept(batch.size());
        }
    }

    private double accuracy(Learner learner, LearnerInputs inputs, List<LabelledImage> test) {
        long right = 0;
        for (int i = 0; i < test.size(); i += TestAccuracy.CHUNK) {
            List<LabelledImage> asked = test.subList(i, Math.min(test.size(), i + TestAccuracy.CHUNK));
            List<ImagePrediction> answers = Learning.predict(learner, inputs.of(asked));
            for (int k = 0; k < asked.size(); k++) {
                right += answers.get(k).label().equals(asked.get(k).label()) ? 1 : 0;
            }
            progress.accept(asked.size());
        }
        return (double) right / test.size();
    }

    private RunResult result(Learner learner, LearnerInputs inputs) {
        TestAccuracy test = TestAccuracy.of(learner, inputs, benchmark.tasks(), expansions::homeOf, progress);
        LearnerDescription description = learner.describe();
        int samples = options.input() instanceof ImageShape ? SAMPLES : 0; // nobody can look at tokens
        List<ComponentProfile> profiles = learner instanceof Inspectable inside ? inside.profiles(samples) : List.of();
        long vaeParameters =
                profiles.stream().mapToLong(ComponentProfile::vaeParameters).sum();
        long stateBytes = learner.state().stream()
                .mapToLong(entry -> entry.content().get().length)
                .sum();
        return new RunResult(
                RunSetup.of(plan.name(), plan, benchmark),
                new Accuracies(
                        test,
                        description.accuracy().map(Accuracy::total).orElse(Double.NaN),
                        new AccuracyMatrix(matrix)),
                RunPlan.expands(plan.learner()) ? expansions.detection() : ChangeDetection.NONE,
                new Cost(
                        description.components().orElse(1),
                        description.parameters() - vaeParameters,
                        vaeParameters,
                        stateBytes,
                        updates,
                        learningNanos / NANOS_PER_SECOND),
                profiles.stream()
                        .map(profile -> ComponentSummary.of(profile, benchmark.shape()))
                        .toList(),
                trace.trace());
    }
}
