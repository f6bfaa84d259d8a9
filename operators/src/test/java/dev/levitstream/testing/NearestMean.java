package dev.levitstream.testing;

import dev.levitstream.common.Check;
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
import java.util.List;
import java.util.Map;

/** Nearest class mean over pixels: a method that no file of the main code names. */
public final class NearestMean implements LearnerMethod {
    @Override
    public String name() {
        return "nearest-mean";
    }

    @Override
    public MethodDescription description() {
        return new MethodDescription("means", "nearest class mean over pixels", "labels", "full", "a sum per class");
    }

    @Override
    public Learner open(LearnerContext context, Map<String, byte[]> state) {
        int size = context.options().image().size();
        double[] sums = new double[context.options().labelBound() * (size + 1)];
        Means means = new Means(new LearnerCounters(context), size, sums);
        return state.isEmpty() ? means : StateCodec.open("means", state, means::read);
    }

    /** @param sums class by class: sum of each pixel, then the images (count) */
    private record Means(LearnerCounters counters, int size, double[] sums) implements Learner {
        @Override
        public List<ImagePrediction> predict(List<byte[]> images) {
            List<String> labels = counters.labels().labels();
            return images.stream()
                    .map(image -> new ImagePrediction(labels, scores(image), step()))
                    .toList();
        }

        private float[] scores(byte[] image) {
            Check.that(image.length == size, "image.pixels", image.length, "must be " + size);
            float[] scores = new float[counters.labels().labels().size()];
            int best = 0;
            for (int c = 1; c < scores.length; c++) {
                best = distance(image, c) < distance(image, best) ? c : best;
            }
            for (int c = 0; c < scores.length; c++) {
                scores[c] = c == best ? 1 : 0;
            }
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
            for (Observation image : batch) {
                int at = counters.classOf(image.image()) * (size + 1);
                for (int i = 0; i < size && at >= 0; i++) {
                    sums[at + i] += image.image().pixels()[i] & 0xFF;
                }
                sums[Math.max(at, 0) + size] += at < 0 ? 0 : 1;
            }
        }

        @Override
        public long step() {
            return counters.step();
        }

        @Override
        public List<StateEntry> state() {
            StateEntry means = new StateEntry(
                    "means",
                    counters.revision(),
                    false,
                    () -> StateCodec.seal(out -> {
                        counters.write(out);
                        StateCodec.writeDoubles(out, sums);
                    }));
            return counters.isBlank() ? List.of() : List.of(means);
        }

        private Means read(StateCodec.Input in) throws IOException {
            counters.read(in);
            StateCodec.readDoubles(in, sums);
            return this;
        }

        @Override
        public LearnerDescription describe() {
            return LearnerDescription.ofLabels(counters.labels().labels());
        }
    }
}
