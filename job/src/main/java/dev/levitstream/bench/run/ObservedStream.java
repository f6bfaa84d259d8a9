package dev.levitstream.bench.run;

import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.LabelledImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A run seen from outside, through the results that the whole job publishes: the stream with labels, then all test
 * images without. What only the learner itself knows is NaN or empty.
 */
public final class ObservedStream {
    private final Benchmark benchmark;
    private final RunPlan plan;
    private final List<LabelledImage> stream = new ArrayList<>();
    private final List<LabelledImage> test = new ArrayList<>();
    private final Map<Long, Optional<String>> answers = new HashMap<>();
    /** By the number of the image that they came after. */
    private final NavigableMap<Long, Expansion> expansions = new TreeMap<>();

    private final int batch;
    private long twice;

    /**
     * The stream that a plan publishes.
     *
     * @param batch images that the learner takes at once (count)
     */
    public ObservedStream(Benchmark benchmark, RunPlan plan, int batch) {
        this.benchmark = benchmark;
        this.plan = plan;
        this.batch = batch;
        for (int t = 0; t < benchmark.tasks().size(); t++) {
            stream.addAll(plan.shuffled(t, benchmark.tasks().get(t).train()));
            test.addAll(benchmark.tasks().get(t).test());
        }
    }

    /**
     * Images to publish, in order; those from {@link #labelled} on without their label. The last one is repeated until
     * the learner's last batch is full: then every batch goes because it is full, and none because time has passed,
     * which would make the run depend on the machine's speed.
     */
    public List<LabelledImage> images() {
        List<LabelledImage> all = new ArrayList<>(stream);
        all.addAll(test);
        LabelledImage last = all.get(all.size() - 1);
        while (all.size() % batch != 0) {
            all.add(last);
        }
        return all;
    }

    /** Number of images with a label. */
    public int labelled() {
        return stream.size();
    }

    /** Takes an answer to image {@code number}. */
    public void answered(long number, Optional<String> label) {
        if (number >= stream.size() + test.size()) {
            return; // it only filled the last batch
        }
        twice += answers.put(number, label) == null ? 0 : 1;
    }

    /** Takes a component-created event that came after image {@code number}. */
    public void expanded(long number, Expansion expansion) {
        expansions.put(number, expansion);
    }

    /** Whether all images of the benchmark are answered. */
    public boolean isAnswered() {
        return answers.size() == stream.size() + test.size();
    }

    /**
     * The result.
     *
     * @param seconds from the first image to the last answer
     * @throws IllegalStateException if an image has no answer or two
     */
    public RunResult result(double seconds) {
        if (twice > 0 || !isAnswered()) {
            throw new IllegalStateException("answers=" + answers.size() + " with " + twice + " second ones must be "
                    + (stream.size() + test.size()) + ", one per image");
        }
        ExpansionRecord record = new ExpansionRecord();
        long first = 0;
        long right = 0;
        double accuracy = 0;
        long firstTest = stream.size();
        TraceRecorder trace = new TraceRecorder(Math.max(1, stream.size()));
        for (int t = 0; t < benchmark.tasks().size(); t++) {
            if (t > 0) {
                trace.change(first);
            }
            record.startTask(first);
            long count = benchmark.tasks().get(t).train().size();
            expansions
                    .subMap(first, true, first + count, false)
                    .forEach((number, expansion) -> record.found(expansion, number));
            record.endTask(count);
            right += right(first, count);
            first += count;
            long tests = benchmark.tasks().get(t).test().size();
            accuracy +=
                    (double) right(firstTest, tests) / tests / benchmark.tasks().size();
            firstTest += tests;
        }
        return new RunResult(
                RunSetup.of(plan.name() + " through-kafka", plan, benchmark),
                new Accuracies(
                        TestAccuracy.ofAnswers(accuracy),
                        (double) right / stream.size(),
                        new AccuracyMatrix(List.of())),
                RunPlan.expands(plan.learner()) ? record.detection() : ChangeDetection.NONE,
                new Cost(components(), 0, 0, 0, 0, seconds),
                List.of(),
                trace.trace());
    }

    /** At the end (count). */
    private int components() {
        return expansions.isEmpty() ? 1 : expansions.lastEntry().getValue().componentCount();
    }

    private long right(long first, long count) {
        long right = 0;
        for (long i = first; i < first + count; i++) {
            LabelledImage image = i < stream.size() ? stream.get((int) i) : test.get((int) (i - stream.size()));
            right += image.label().equals(answers.get(i)) ? 1 : 0;
        }
        return right;
    }
}
