package dev.levitstream.learner;

import java.util.List;
import java.util.Optional;

/** What one observed batch came to: what was answered, then what was learnt. */
public record Outcome(Answers answers, Lesson lesson) {
    /** One per image, made before any of them was learnt. */
    public List<ImagePrediction> predictions() {
        return answers.predictions();
    }

    /** The expansion it led to, if any. */
    public Optional<Expansion> expansion() {
        return lesson.expansion();
    }
}
