package dev.levitstream.bench.run;

import dev.levitstream.learner.LabelledImage;
import java.util.List;

/**
 * One part of a benchmark's stream. Learners never hear of tasks.
 *
 * @param name what it shows
 * @param train images in file order
 * @param test held-out images of the same kind
 */
public record Task(String name, List<LabelledImage> train, List<LabelledImage> test) {
    Task atMost(int trainImages, int testImages) {
        return new Task(
                name,
                trainImages == 0 ? train : train.subList(0, Math.min(trainImages, train.size())),
                testImages == 0 ? test : test.subList(0, Math.min(testImages, test.size())));
    }
}
