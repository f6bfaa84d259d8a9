package dev.levitstream.bench.speed;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.nn.engine.Compute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** Learners without anything round them, each on a thread of its own. */
final class LearnersAlone implements Contestant {
    private final LearnerOptions options;
    /** One for each learner, for they are not safe for threads. */
    private final List<Compute> computes = new ArrayList<>();

    private final List<Learner> learners = new ArrayList<>();
    private final ExecutorService threads;
    private long seen;

    /** @param count of learners */
    LearnersAlone(Workload workload, int count) {
        this.options = workload.options(Map.of()).operator().learner();
        for (int seed = 1; seed <= count; seed++) {
            Compute compute = new Compute("cpu");
            computes.add(compute);
            learners.add(LearnerMethods.open(
                    new LearnerContext(options, seed, compute, System::nanoTime, new SharedWeights()), Map.of()));
        }
        this.threads = Executors.newFixedThreadPool(count);
    }

    @Override
    public double round(int images) throws Exception {
        Round round = new Round(images * learners.size());
        List<Future<?>> all = new ArrayList<>();
        for (Learner learner : learners) {
            all.add(threads.submit(() -> learn(learner, images, round)));
        }
        for (Future<?> one : all) {
            one.get();
        }
        seen += images;
        return round.rate();
    }

    private void learn(Learner learner, int images, Round round) {
        for (long at = seen; at < seen + images; at += options.batchSize()) {
            List<LabelledImage> batch = LongStream.range(at, at + options.batchSize())
                    .mapToObj(Workload::image)
                    .toList();
            Learning.observe(learner, batch);
            round.answered(batch.size());
        }
    }

    @Override
    public void close() throws InterruptedException {
        threads.shutdownNow();
        threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS); // learners close once nobody uses them
        learners.forEach(Learner::close);
        computes.forEach(Compute::close);
    }
}
