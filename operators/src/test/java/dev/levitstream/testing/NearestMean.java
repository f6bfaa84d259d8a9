package dev.levitstream.testing;

import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerDescription;
import dev.levitstream.learner.LearnerMethod;
import dev.levitstream.learner.MethodDescription;
import dev.levitstream.learner.Observation;
import dev.levitstream.learner.StateEntry;
import dev.levitstream.learner.common.LearnerCounters;
import dev.levitstream.learner.common.StateCodec;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Nearest class mean over pixels: a method that no file of the main code names. */
public final class NearestMean implements LearnerMethod {
    @Override
    public String name() {
        return "nearest-mean";
    }

    @Override
    public MethodDescription description() {
        return new MethodDescription("means", "nearest class mean", "labels", "full", "sums", false);
    }

    @Override
    public Learner open(LearnerContext context, Map<String, byte[]> state) {
        Means means = new Means(context);
        return state.isEmpty() ? means : StateCodec.open("means", state, means::read);
    }

    private static final class Means implements Learner {
        private final LearnerCounters counters;
        private final int size;
        /** Class by class: the sum of each pixel, then the images (count). */
        private double[] sums = {};

        private Means(LearnerContext context) {
            counters = new LearnerCounters(context);
            size = context.options().image().size();
        }

        @Override
        public List<ImagePrediction> predict(List<byte[]> images) {
            List<String> labels = counters.labels().labels();
            return images.stream()
                    .map(image -> new ImagePrediction(labels, scores(image), step()))
                    .toList();
        }

        private float[] scores(byte[] image) {
            float[] scores = new float[sums.length / (size + 1)];
            IntStream.range(0, scores.length)
                    .boxed()
                    .min(Comparator.comparingDouble(label -> distance(image, label)))
                    .ifPresent(nearest -> scores[nearest] = 1);
            return scores;
        }

        private double distance(byte[] image, int label) {
            double distance = 0;
            for (int i = 0, at = label * (size + 1); i < size; i++) {
                distance += Math.pow((image[i] & 0xFF) - sums[at + i] / sums[at + size], 2);
            }
            return distance;
        }

        @Override
        public void observe(List<Observation> batch) {
            counters.observed(batch);
            sums = Arrays.copyOf(sums, counters.labels().labels().size() * (size + 1));
            for (Observation image : batch) {
                int at = counters.classOf(image.image()) * (size + 1);
                for (int i = 0; i <= size && at >= 0; i++) {
                    sums[at + i] += i == size ? 1 : image.image().pixels()[i] & 0xFF;
                }
            }
        }

        @Override
        public long step() {
            return counters.step();
        }

        @Override
        public List<StateEntry> state() {
            return counters.entries("means", out -> StateCodec.writeDoubles(out, sums));
        }

        private Means read(StateCodec.Input in) throws IOException {
            counters.read(in);
            sums = new double[counters.labels().labels().size() * (size + 1)];
            StateCodec.readDoubles(in, sums);
            return this;
        }

        @Override
        public LearnerDescription describe() {
            return LearnerDescription.ofLabels(counters.labels().labels());
        }
    }
}
