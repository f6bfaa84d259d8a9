package dev.levitstream.bench.run;

import java.util.List;
import java.util.Map;

/**
 * What one run came to. Shares are 0 to 1; what a learner does not have, as routing without components, is NaN. Written
 * as JSON, one file a run.
 *
 * @param benchmark name of the stream
 * @param name of the plan
 * @param plan what was run
 * @param trainImages images of the stream (count)
 * @param testImages test images (count)
 * @param tasks names of the tasks in order
 * @param routing router and score, as in the options
 * @param commit of the program
 * @param machine cores and processor in words
 * @param accuracy per-image routing: average over tasks of the share of test images answered right, after the stream
 * @param taskSetAccuracy task-set routing, with task identity: the same if one component, that of the smallest mean VAE
 *     loss, answers for a whole task's test set
 * @param routingAccuracy share of test images routed to the component that was active for most of their task
 * @param oracleAccuracy accuracy if every image were routed to that component
 * @param matrix accuracy on the first test images of task j after task i, i at least j; per-image routing
 * @param forgetting mean over tasks but the last of (best accuracy ever - accuracy at the end), from {@code matrix}
 * @param backwardTransfer mean over tasks but the last of (accuracy at the end - accuracy after learning it), from
 *     {@code matrix}
 * @param prequentialAccuracy test-then-train accuracy over the whole stream
 * @param expansions where components were created
 * @param missed changes within whose task no component was created (count)
 * @param falseExpansions expansions before the first change, or after the first in a task (count)
 * @param delays images from each noticed change to its component
 * @param components after the stream (count)
 * @param bodyParameters of all ViTs, fusion and classifiers (count)
 * @param vaeParameters of all VAEs (count)
 * @param stateBytes of everything a checkpoint would hold
 * @param updates optimizer updates (count)
 * @param trainSeconds for predicting and learning the stream
 * @param profiles components as there is to see of them
 * @param trace how the stream went
 */
public record RunResult(
        String benchmark,
        String name,
        RunPlan plan,
        long trainImages,
        long testImages,
        List<String> tasks,
        String routing,
        String commit,
        String machine,
        double accuracy,
        double taskSetAccuracy,
        double routingAccuracy,
        double oracleAccuracy,
        List<List<Double>> matrix,
        double forgetting,
        double backwardTransfer,
        double prequentialAccuracy,
        List<Birth> expansions,
        int missed,
        int falseExpansions,
        List<Long> delays,
        int components,
        long bodyParameters,
        long vaeParameters,
        long stateBytes,
        long updates,
        double trainSeconds,
        List<Profile> profiles,
        Trace trace) {
    /**
     * One expansion.
     *
     * @param image number of the image after whose batch it came, from 0
     * @param task index of the task of that image
     * @param component created
     * @param measured by the criterion; NaN where it was not asked
     * @param threshold that it exceeded; NaN where it was not asked
     */
    public record Birth(long image, int task, int component, double measured, double threshold) {}

    /**
     * One component.
     *
     * @param gates fusion weights, empty where nothing is fused
     * @param samples images drawn by its VAE, as PNG in base64
     */
    public record Profile(int component, long imagesSeen, List<Double> gates, List<String> samples) {}

    /**
     * How the stream went, one point every so many images.
     *
     * @param image number of the point's last image
     * @param accuracy test-then-train accuracy since the point before
     * @param novelty mean smallest VAE loss since the point before, divided by the threshold where there is one
     * @param changes first image of each task but the first
     */
    public record Trace(List<Long> image, List<Double> accuracy, List<Double> novelty, List<Long> changes) {}

    /** Images of the stream predicted and learnt per second. */
    public double imagesPerSecond() {
        return trainImages / trainSeconds;
    }

    /** Figures by name, in the order of tables. */
    public Map<String, Double> figures() {
        return Figures.of(this);
    }
}
