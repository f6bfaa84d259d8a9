package dev.levitstream.learner.common;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.InputShape;
import dev.levitstream.common.Randomness;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.model.ComponentNetwork;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Images of one optimizer update, on their way from the memory into native arrays. */
public final class MiniBatch {
    private final List<MemoryItem> images;
    private final int latentWidth;
    private final SplittableRandom random;

    /**
     * @param latentWidth width of the VAE's code, 0 without a VAE
     * @param random source of the VAE's noise
     */
    public MiniBatch(List<MemoryItem> images, int latentWidth, SplittableRandom random) {
        this.images = images;
        this.latentWidth = latentWidth;
        this.random = random;
    }

    /** Images (count). */
    int size() {
        return images.size();
    }

    /** The arrays; they belong to {@code scope}. */
    public ComponentNetwork.TrainingBatch arrays(NDManager scope, InputShape shape, ComponentNetwork network) {
        int b = images.size();
        float[] noise = new float[b * latentWidth];
        Randomness.normals(random, noise);
        return new ComponentNetwork.TrainingBatch(
                images(scope, shape, images.stream().map(MemoryItem::pixels).toList()),
                knowledge(scope, network),
                targets(scope, network.classes()),
                Tensors.of(scope, noise, new Shape(b, latentWidth)));
    }

    /** {@link InputValues}, (images, H, W, C). */
    public static NDArray images(NDManager scope, InputShape shape, List<byte[]> pixels) {
        Shape rows = new Shape(pixels.size(), shape.height(), shape.width(), shape.channels());
        return Tensors.of(scope, InputValues.of(shape, pixels), rows);
    }

    private Optional<NDArray> knowledge(NDManager scope, ComponentNetwork network) {
        int width = network.fused() * network.knowledgeWidth();
        if (width == 0) {
            return Optional.empty();
        }
        float[] values = new float[images.size() * width];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(images.get(i).view().knowledge(), 0, values, i * width, width);
        }
        Shape shape = new Shape(images.size(), network.fused(), network.knowledgeWidth());
        return Optional.of(Tensors.of(scope, values, shape));
    }

    /**
     * -1 / (labelled images) at each labelled image's class, so that the product with log probabilities sums to the
     * cross entropy.
     */
    private Optional<NDArray> targets(NDManager scope, int classes) {
        long labelled = images.stream().filter(image -> image.label() >= 0).count();
        if (labelled == 0) {
            return Optional.empty();
        }
        float[] values = new float[images.size() * classes];
        for (int i = 0; i < images.size(); i++) {
            int label = images.get(i).label();
            if (label >= 0) {
                values[i * classes + label] = -1f / labelled;
            }
        }
        return Optional.of(Tensors.of(scope, values, new Shape(images.size(), classes)));
    }
}
