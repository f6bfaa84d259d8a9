package dev.levitstream.bench.run;

import dev.levitstream.learner.ComponentAnswers;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;

/**
 * What a learner answers to the test images of all tasks, averaged over tasks.
 *
 * @param accuracy each image routed alone
 * @param taskSetAccuracy each task's images answered by the one component of the smallest mean VAE loss
 * @param routingAccuracy share routed to their task's home
 * @param oracleAccuracy each image answered by its task's home
 */
record TestReading(double accuracy, double taskSetAccuracy, double routingAccuracy, double oracleAccuracy) {
    /** Images asked at once: the answers are the same for any number, but memory is not. */
    static final int CHUNK = 64;

    /**
     * Reads.
     *
     * @param homes component of a task, by index; the first component is 1
     * @param progress told of every image
     */
    static TestReading of(Learner learner, List<Task> tasks, IntUnaryOperator homes, LongConsumer progress) {
        int components = learner.describe().components();
        double[] sums = new double[4];
        for (int t = 0; t < tasks.size(); t++) {
            List<LabelledImage> images = tasks.get(t).test();
            long[] rightOf = new long[components];
            double[] lossOf = new double[components];
            long right = 0;
            long home = 0;
            List<ComponentAnswers> answered = List.of();
            for (int i = 0; i < images.size(); i++) {
                if (i % CHUNK == 0) {
                    answered = learner.everyAnswer(images.subList(i, Math.min(images.size(), i + CHUNK)));
                }
                ComponentAnswers answers = answered.get(i % CHUNK);
                for (int c = 0; c < components; c++) {
                    rightOf[c] += answers.labels().get(c).equals(images.get(i).label()) ? 1 : 0;
                    lossOf[c] += answers.losses()[c];
                }
                right += answers.answer().equals(images.get(i).label()) ? 1 : 0;
                home += answers.routed() == homes.applyAsInt(t) ? 1 : 0;
                progress.accept(1);
            }
            double count = images.size();
            sums[0] += right / count;
            sums[1] += rightOf[smallest(lossOf)] / count;
            sums[2] += home / count;
            sums[3] += rightOf[homes.applyAsInt(t) - 1] / count;
        }
        double n = tasks.size();
        return new TestReading(sums[0] / n, sums[1] / n, sums[2] / n, sums[3] / n);
    }

    private static int smallest(double[] values) {
        int smallest = 0;
        for (int i = 1; i < values.length; i++) {
            smallest = values[i] < values[smallest] ? i : smallest;
        }
        return smallest;
    }
}
