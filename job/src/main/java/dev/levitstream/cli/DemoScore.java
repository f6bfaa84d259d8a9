package dev.levitstream.cli;

import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.Prediction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts what the results come to, from the results alone and the labels that were published. Not thread-safe. */
final class DemoScore {
    private static final int WINDOW = 500;

    private final Map<String, String> truth;
    private final Map<String, Integer> answers = new HashMap<>();
    private final Deque<Boolean> recent = new ArrayDeque<>();
    private final Deque<float[]> novelties = new ArrayDeque<>();
    private final List<ComponentCreated> expansions = new ArrayList<>();
    private final String testPrefix;
    private long streamAnswers;
    private long streamRight;
    private long testAnswers;
    private long testRight;
    private long deadLetters;
    private int recentRight;

    /**
     * A score.
     *
     * @param truth label of every image that is published, by image id; thread-safe, for it grows
     * @param testPrefix how ids of test images start
     */
    DemoScore(Map<String, String> truth, String testPrefix) {
        this.truth = truth;
        this.testPrefix = testPrefix;
    }

    void add(Prediction prediction) {
        String id = prediction.getImageId();
        answers.merge(id, 1, Integer::sum);
        boolean right = String.valueOf(prediction.getPredictedLabel()).equals(truth.get(id));
        if (id.startsWith(testPrefix)) {
            testAnswers++;
            testRight += right ? 1 : 0;
            return;
        }
        streamAnswers++;
        streamRight += right ? 1 : 0;
        recent.add(right);
        recentRight += right ? 1 : 0;
        if (recent.size() > WINDOW && recent.remove()) {
            recentRight--;
        }
        Float threshold = prediction.getNoveltyThreshold();
        novelties.add(new float[] {prediction.getNovelty(), threshold == null ? Float.NaN : threshold});
        if (novelties.size() > 64) {
            novelties.remove();
        }
    }

    void add(ComponentCreated created) {
        expansions.add(created);
    }

    void addDeadLetter() {
        deadLetters++;
    }

    /** Images that became dead letters so far. */
    long deadLetters() {
        return deadLetters;
    }

    /** Images that the job is done with. */
    long settled() {
        return streamAnswers + testAnswers + deadLetters;
    }

    /** Answers to images of the stream so far, test images not counted. */
    long streamAnswers() {
        return streamAnswers;
    }

    /** Answers to test images so far. */
    long testAnswers() {
        return testAnswers;
    }

    /** Share of right answers over the last {@value WINDOW} images of the stream. */
    double recentAccuracy() {
        return (double) recentRight / recent.size();
    }

    /** Share of right answers over the whole stream, each given before its image was learnt. */
    double streamAccuracy() {
        return (double) streamRight / streamAnswers;
    }

    /** Share of right answers over the test images. */
    double testAccuracy() {
        return (double) testRight / testAnswers;
    }

    /** Mean novelty of the last images, and mean threshold where there is one. */
    double[] recentNovelty() {
        double novelty = 0;
        double threshold = 0;
        for (float[] pair : novelties) {
            novelty += pair[0];
            threshold += pair[1];
        }
        return new double[] {novelty / novelties.size(), threshold / novelties.size()};
    }

    List<ComponentCreated> expansions() {
        return expansions;
    }

    /** Published images without an answer. */
    long lost() {
        return truth.keySet().stream().filter(id -> !answers.containsKey(id)).count();
    }

    /** Published images with more than one answer. */
    long doubled() {
        return answers.values().stream().filter(count -> count > 1).count();
    }
}
