package dev.levitstream.learner;

import dev.levitstream.common.Check;
import dev.levitstream.nn.engine.NumericException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Drives a learner through {@link Learner the life of a batch}. */
public final class Learning {
    private Learning() {}

    /** Predicts a batch, observes it and does all its work. */
    public static Outcome observe(Learner learner, List<LabelledImage> images) {
        List<ImagePrediction> predictions = predict(learner, images);
        observe(learner, images, predictions);
        return new Outcome(predictions, learn(learner));
    }

    /** Answers for images whose labels are not looked at. */
    public static List<ImagePrediction> predict(Learner learner, List<LabelledImage> images) {
        return learner.predict(images.stream().map(LabelledImage::pixels).toList());
    }

    /** Has a learner observe images with their predictions. */
    public static void observe(Learner learner, List<LabelledImage> images, List<ImagePrediction> predictions) {
        List<Observation> batch = new ArrayList<>(images.size());
        for (int i = 0; i < images.size(); i++) {
            batch.add(new Observation(images.get(i), predictions.get(i)));
        }
        learner.observe(batch);
    }

    /**
     * Does all work that is due.
     *
     * @throws NumericException if the engine cannot compute with the learner's numbers
     */
    public static List<WorkReport> learn(Learner learner) {
        return learn(learner, Integer.MAX_VALUE).orElseThrow();
    }

    /**
     * Does a slice of the work that is due. What learns nothing, such as a check, does not count: it costs little, and
     * answers wait for it.
     *
     * @param most units that learn (count), at least 1
     */
    public static Slice learn(Learner learner, int most) {
        Check.that(most >= 1, "most", most, "must be at least 1");
        List<WorkReport> reports = new ArrayList<>();
        int left = most;
        try {
            Optional<UnitOfWork> next = learner.nextWork();
            while (next.isPresent() && (left > 0 || !next.get().learns())) {
                left -= next.get().learns() ? 1 : 0;
                reports.add(next.get().run());
                next = learner.nextWork();
            }
            return new Slice(reports, next.isEmpty(), Optional.empty());
        } catch (NumericException e) {
            return new Slice(reports, false, Optional.of(e));
        }
    }
}
