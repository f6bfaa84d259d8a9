package dev.levitstream.testing;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.LabelledImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Draws a small stream whose world changes: in each phase other bars of an image are bright, and the bar names the
 * class.
 */
public final class StreamSimulator {
    private final ImageShape shape;
    private final SplittableRandom random;

    public StreamSimulator(ImageShape shape, long seed) {
        this.shape = shape;
        this.random = new SplittableRandom(seed);
    }

    /**
     * Images of one phase; even phases have bright rows, odd ones bright columns on a grey ground; two classes each.
     */
    public List<LabelledImage> phase(int number, int count, double unlabelledShare) {
        List<LabelledImage> images = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int bar = random.nextInt(2);
            Optional<String> label =
                    random.nextDouble() < unlabelledShare ? Optional.empty() : Optional.of("p" + number + "-" + bar);
            images.add(new LabelledImage(draw(number, bar), label));
        }
        return images;
    }

    private byte[] draw(int phase, int bar) {
        boolean rows = bar == 0;
        int at = (1 + 2 * phase) % (rows ? shape.height() : shape.width());
        int ground = phase % 2 == 0 ? 20 : 120;
        byte[] pixels = new byte[shape.size()];
        for (int y = 0; y < shape.height(); y++) {
            for (int x = 0; x < shape.width(); x++) {
                for (int c = 0; c < shape.channels(); c++) {
                    int level = ((rows ? y : x) == at ? 220 : ground) + random.nextInt(30);
                    pixels[(y * shape.width() + x) * shape.channels() + c] = (byte) level;
                }
            }
        }
        return pixels;
    }
}
