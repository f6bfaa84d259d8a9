package dev.levitstream.bench.speed;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.Learning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Images of MNIST size that differ from those of other worlds: a pattern of random pixels, half covered by noise. */
final class World {
    static final int BATCH = 10;
    private static final int LABELS = 4;
    /** Batches that fill a mini-batch of 64. */
    private static final int FILL = 8;

    private final byte[] pattern = new byte[SpeedCase.MNIST.size()];

    /** Another number, another pattern. */
    World(int number) {
        new SplittableRandom(number).nextBytes(pattern);
    }

    /** Lets a learner observe as many images as a mini-batch needs. */
    void fill(Learner learner, SplittableRandom random) {
        for (int i = 0; i < FILL; i++) {
            Learning.observe(learner, batch(random));
        }
    }

    List<LabelledImage> batch(SplittableRandom random) {
        return mixed(List.of(this), random);
    }

    /** A batch of images of worlds in turn, spread over all of them; a random one comes first. */
    static List<LabelledImage> mixed(List<World> worlds, SplittableRandom random) {
        int step = Math.max(1, worlds.size() / BATCH);
        int first = random.nextInt(worlds.size());
        List<LabelledImage> batch = new ArrayList<>(BATCH);
        for (int i = 0; i < BATCH; i++) {
            World world = worlds.get((first + i * step) % worlds.size());
            batch.add(new LabelledImage(world.pixels(random), Optional.of("label-" + i % LABELS)));
        }
        return batch;
    }

    private byte[] pixels(SplittableRandom random) {
        byte[] pixels = new byte[pattern.length];
        random.nextBytes(pixels);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (((pixels[i] & 0xFF) + (pattern[i] & 0xFF)) / 2);
        }
        return pixels;
    }
}
