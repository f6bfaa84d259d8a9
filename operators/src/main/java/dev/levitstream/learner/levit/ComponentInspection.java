package dev.levitstream.learner.levit;

import dev.levitstream.common.Randomness;
import dev.levitstream.common.Randomness.Purpose;
import dev.levitstream.learner.ComponentAnswers;
import dev.levitstream.learner.ComponentProfile;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Inspectable;
import dev.levitstream.learner.common.Component;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** What {@link Inspectable} shows of a pool. */
record ComponentInspection(ComponentPool pool) {
    /**
     * What every component answers, whichever an image is routed to.
     *
     * @param predictions the learner's own, an image each
     */
    List<ComponentAnswers> everyAnswer(List<byte[]> images, List<ImagePrediction> predictions) {
        List<List<float[]>> every = pool.everyAnswer(images);
        float[][] losses = pool.losses(images);
        List<ComponentAnswers> answers = new ArrayList<>(images.size());
        for (int i = 0; i < images.size(); i++) {
            ImagePrediction prediction = predictions.get(i);
            List<Optional<String>> labels = new ArrayList<>(pool.size());
            for (List<float[]> ofComponent : every) {
                labels.add(prediction.withScores(ofComponent.get(i)).label());
            }
            int routed = prediction.routed().orElseThrow().componentId();
            answers.add(new ComponentAnswers(routed, prediction.label(), losses[i], labels));
        }
        return answers;
    }

    /**
     * Components, oldest first.
     *
     * @param generated images that each VAE draws (count)
     * @param seed of the learner
     */
    List<ComponentProfile> profiles(int generated, long seed) {
        List<ComponentProfile> profiles = new ArrayList<>(pool.size());
        for (int c = 0; c < pool.size(); c++) {
            Component component = pool.get(c);
            SplittableRandom random = Randomness.at(seed, Purpose.GENERATE, Long.MIN_VALUE + component.id() - 1);
            profiles.add(component.profile(generated, random));
        }
        return profiles;
    }
}
