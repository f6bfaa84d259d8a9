package dev.levitstream.cli;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.nn.ImageShape;
import java.util.Optional;
import java.util.SplittableRandom;

/** Something whose speed is compared: it answers images and learns from them, turn by turn. */
interface Contestant extends AutoCloseable {
    /** Classes of the images (count). */
    int CLASSES = 10;

    /**
     * Lets it work through the next images of each of its keys.
     *
     * @param images of each key (count), as many as some mini-batches have
     * @return images per second, of all keys together, in the middle of the turn
     */
    double turn(int images) throws Exception;

    /** An image of random pixels with its label: the same for all, so that all have the same to do. */
    static LabelledImage image(ImageShape shape, long number) {
        byte[] pixels = new byte[shape.size()];
        new SplittableRandom(number).nextBytes(pixels);
        return new LabelledImage(pixels, Optional.of("label-" + number % CLASSES));
    }
}
