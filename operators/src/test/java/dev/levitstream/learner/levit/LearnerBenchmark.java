package dev.levitstream.learner.levit;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.learner.StateEntry;
import dev.levitstream.learner.linear.FixedFeatures;
import dev.levitstream.learner.linear.GroupStatistics;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.model.LinearDiscriminant;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a learner of MNIST size does in plain Java for each image and each checkpoint, beside an answer and a batch as a
 * whole.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LearnerBenchmark {
    private static final ImageShape SHAPE = new ImageShape(28, 28, 1);
    private static final int CLASSES = 10;
    private static final int BATCHES = 30;

    private final SplittableRandom random = new SplittableRandom(1);
    private final LearnerOptions options = TinyLearners.stream("levit-dkf", SHAPE);
    private final Compute compute = new Compute("cpu");
    private final Learner learner = LearnerMethods.open(context(), Map.of());
    private final GroupStatistics router = router();
    private final List<LabelledImage> batch = batch();
    private final byte[] image = batch.get(0).pixels();
    private final float[] features = router.features(image);

    /** A learner that has seen some batches, and a router with a group for each class. */
    public LearnerBenchmark() {
        for (int i = 0; i < BATCHES; i++) {
            List<LabelledImage> next = batch();
            Learning.observe(learner, next);
            for (int k = 0; k < next.size(); k++) {
                router.learnt(
                        next.get(k).pixels(), router.features(next.get(k).pixels()), 1 + k / (CLASSES / 2), k, false);
            }
        }
        router.refresh();
    }

    private GroupStatistics router() {
        RoutingOptions routing = TinyLearners.levit(options).routing();
        FixedFeatures fixed = new FixedFeatures(SHAPE, routing.features(), new SharedWeights(), compute);
        return new GroupStatistics(
                fixed, routing.shrinkage(), shrinkage -> new LinearDiscriminant(compute, fixed.width(), shrinkage));
    }

    private LearnerContext context() {
        return new LearnerContext(options, 1, compute, System::nanoTime, new SharedWeights());
    }

    private List<LabelledImage> batch() {
        List<LabelledImage> images = new ArrayList<>();
        for (int k = 0; k < options.batchSize(); k++) {
            byte[] pixels = new byte[SHAPE.size()];
            random.nextBytes(pixels);
            images.add(new LabelledImage(pixels, Optional.of("label-" + k % CLASSES)));
        }
        return images;
    }

    /** What the router looks at, of one image. */
    @Benchmark
    public float[] routerFeatures() {
        return router.features(image);
    }

    /** What ten groups say of one image. */
    @Benchmark
    public Object routerBelief() {
        return router.scores(features);
    }

    /** One image learnt by the router; its moments grow with every 64th. */
    @Benchmark
    public void routerLearning() {
        router.learnt(image, features, 1, 0, false);
    }

    /** A mini-batch's answers. */
    @Benchmark
    public Object answersToABatch() {
        return Learning.predict(learner, batch);
    }

    /** A mini-batch answered and learnt from. */
    @Benchmark
    public Object batchAnsweredAndLearnt() {
        return Learning.observe(learner, batch);
    }

    /** All bytes of a learner, as a checkpoint takes them. */
    @Benchmark
    public long stateAsBytes() {
        long bytes = 0;
        for (StateEntry entry : learner.state()) {
            bytes += entry.content().get().length;
        }
        return bytes;
    }

    /** Frees native memory. */
    @TearDown
    public void close() {
        learner.close();
        compute.close();
    }
}
