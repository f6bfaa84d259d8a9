package dev.levitstream.bench.run;

import dev.levitstream.learner.ComponentAnswers;
import dev.levitstream.learner.ComponentProfile;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Inspectable;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.Learning;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;

/**
 * Share of a learner's answers to test images that are right, 0 to 1, averaged over tasks. A task's home is the
 * component that was active for most of its images. Of a learner that cannot be looked into, all but the first is NaN;
 * where a home has become part of another component, routing and oracle are.
 *
 * @param perImage each image routed alone
 * @param taskSet uses task identity: each task's images answered by the one component of the smallest mean VAE loss
 * @param routing share of images routed to their task's home
 * @param oracle each image answered by its task's home
 */
public record TestAccuracy(double perImage, double taskSet, double routing, double oracle) {
    /** Images asked at once: the answers are the same for any number, but memory is not. */
    static final int CHUNK = 64;

    /** Of a learner of which answers are seen and nothing else. */
    static TestAccuracy ofAnswers(double perImage) {
        return new TestAccuracy(perImage, Double.NaN, Double.NaN, Double.NaN);
    }

    /**
     * Asks a learner for answers to the test images of all tasks.
     *
     * @param inputs makes what the learner is given of an image
     * @param homes component of a task, by index; the first component is 1
     * @param progress told of every image
     */
    static TestAccuracy of(
            Learner learner, LearnerInputs inputs, List<Task> tasks, IntUnaryOperator homes, LongConsumer progress) {
        double[] sums = new double[4];
        for (int t = 0; t < tasks.size(); t++) {
            List<LabelledImage> images = tasks.get(t).test();
            double[] shares = learner instanceof Inspectable inside
                    ? inside(inside, inputs, images, homes.applyAsInt(t), progress)
                    : outside(learner, inputs, images, progress);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += shares[i] / images.size();
            }
        }
        double n = tasks.size();
        return new TestAccuracy(sums[0] / n, sums[1] / n, sums[2] / n, sums[3] / n);
    }

    /** Right answers; the rest is unknown of a learner that cannot be looked into. */
    private static double[] outside(
            Learner learner, LearnerInputs inputs, List<LabelledImage> images, LongConsumer progress) {
        double right = 0;
        for (int i = 0; i < images.size(); i += CHUNK) {
            List<LabelledImage> chunk = images.subList(i, Math.min(images.size(), i + CHUNK));
            List<ImagePrediction> predictions = Learning.predict(learner, inputs.of(chunk));
            for (int k = 0; k < chunk.size(); k++) {
                right += predictions.get(k).label().equals(chunk.get(k).label()) ? 1 : 0;
                progress.accept(1);
            }
        }
        return new double[] {right, Double.NaN, Double.NaN, Double.NaN};
    }

    /** Right answers, right of the component that fits the task best, routed home, right of the home. */
    private static double[] inside(
            Inspectable learner, LearnerInputs inputs, List<LabelledImage> images, int home, LongConsumer progress) {
        List<Integer> ids =
                learner.profiles(0).stream().map(ComponentProfile::id).toList();
        double[] rightOf = new double[ids.size()];
        double[] lossOf = new double[ids.size()];
        double right = 0;
        double routedHome = 0;
        List<ComponentAnswers> answered = List.of();
        for (int i = 0; i < images.size(); i++) {
            if (i % CHUNK == 0) {
                answered = learner.everyAnswer(inputs.of(images.subList(i, Math.min(images.size(), i + CHUNK))).stream()
                        .map(LabelledImage::pixels)
                        .toList());
            }
            ComponentAnswers answers = answered.get(i % CHUNK);
            for (int c = 0; c < ids.size(); c++) {
                rightOf[c] += answers.labels().get(c).equals(images.get(i).label()) ? 1 : 0;
                lossOf[c] += answers.losses()[c];
            }
            right += answers.answer().equals(images.get(i).label()) ? 1 : 0;
            routedHome += answers.routed() == home ? 1 : 0;
            progress.accept(1);
        }
        double rightOfSet = rightOf[smallest(lossOf)];
        return ids.contains(home)
                ? new double[] {right, rightOfSet, routedHome, rightOf[ids.indexOf(home)]}
                : new double[] {right, rightOfSet, Double.NaN, Double.NaN};
    }

    private static int smallest(double[] values) {
        int smallest = 0;
        for (int i = 1; i < values.length; i++) {
            smallest = values[i] < values[smallest] ? i : smallest;
        }
        return smallest;
    }
}
