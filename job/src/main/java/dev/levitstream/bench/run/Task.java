package dev.levitstream.bench.run;

import dev.levitstream.learner.LabelledImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * One part of a benchmark's stream. Learners never hear of tasks.
 *
 * @param name what it shows
 * @param train images in file order
 * @param test held-out images of the same kind
 */
public record Task(String name, List<LabelledImage> train, List<LabelledImage> test) {
    /**
     * A smaller one: the first training images, and a random subset of the test images, the same each time. The first
     * test images of a file may be easier than the others; those of MNIST are.
     *
     * @param trainImages most of them, 0 for all
     * @param testImages most of them, 0 for all
     */
    Task atMost(int trainImages, int testImages) {
        return new Task(
                name,
                trainImages == 0 ? train : train.subList(0, Math.min(trainImages, train.size())),
                testImages == 0 ? test : someOf(test, testImages));
    }

    /** At most {@code count} test images, a random subset. */
    List<LabelledImage> someTest(int count) {
        return someOf(test, count);
    }

    private static List<LabelledImage> someOf(List<LabelledImage> images, int count) {
        if (images.size() <= count) {
            return images;
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(0));
        return order.subList(0, count).stream().sorted().map(images::get).toList();
    }
}
