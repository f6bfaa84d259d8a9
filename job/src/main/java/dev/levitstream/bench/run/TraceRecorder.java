package dev.levitstream.bench.run;

import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.LabelledImage;
import java.util.ArrayList;
import java.util.List;

/** Thins the answers of a stream to a few hundred points. */
final class TraceRecorder {
    private final long spacing;
    private final List<Long> images = new ArrayList<>();
    private final List<Double> accuracy = new ArrayList<>();
    private final List<Double> novelty = new ArrayList<>();
    private final List<Long> changes = new ArrayList<>();
    private long count;
    private long right;
    private double noveltySum;
    private long noveltyCount;

    /** @param spacing images per point, at least 1 */
    TraceRecorder(long spacing) {
        this.spacing = spacing;
    }

    void change(long image) {
        changes.add(image);
    }

    void add(long first, List<LabelledImage> batch, List<ImagePrediction> predictions) {
        for (int i = 0; i < batch.size(); i++) {
            ImagePrediction prediction = predictions.get(i);
            count++;
            right += prediction.label().equals(batch.get(i).label()) ? 1 : 0;
            double share = prediction
                    .routed()
                    .map(routed -> (double) routed.novelty() / routed.noveltyThreshold())
                    .orElse(Double.NaN);
            if (Double.isFinite(share)) {
                noveltySum += share;
                noveltyCount++;
            }
        }
        if (count >= spacing) {
            point(first + batch.size() - 1);
        }
    }

    private void point(long image) {
        images.add(image);
        accuracy.add((double) right / count);
        novelty.add(noveltyCount == 0 ? Double.NaN : noveltySum / noveltyCount);
        count = 0;
        right = 0;
        noveltySum = 0;
        noveltyCount = 0;
    }

    /** Everything recorded so far, but for what came after the last point. */
    StreamTrace trace() {
        return new StreamTrace(images, accuracy, novelty, changes);
    }
}
