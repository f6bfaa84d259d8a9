package dev.levitstream.nn.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.GradMode;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.engine.TorchModule;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What is done to images before a network sees them: a byte x becomes (x / 255 - mean) / std, a grey image is repeated
 * for each channel, and where the network has a size, images are stretched to it by the engine's bilinear resizing with
 * antialiasing (a triangle as wide as a pixel of the smaller image). Each image is done by itself.
 */
final class Preprocessing {
    private static final int BYTES = 256;
    private static final float MOST = 255f;

    private final int channels;
    private final int size;
    private final float[][] values;
    private final Optional<PtSymbolBlock> resize;

    /**
     * @param channels that the network takes, 1 or 3
     * @param size side that images are resized to (pixels); 0 for none
     * @param mean one for each channel, or for all; none is 0
     * @param std likewise; none is 1
     * @param compute resizes; borrowed
     */
    Preprocessing(int channels, int size, List<Float> mean, List<Float> std, Compute compute) {
        this.channels = channels;
        this.size = size;
        List<Float> means = ofEach(channels, "mean", mean, 0f);
        List<Float> stds = ofEach(channels, "std", std, 1f);
        Check.that(means.stream().allMatch(Float::isFinite), "mean", mean, "must be numbers");
        Check.that(
                stds.stream().allMatch(each -> Float.isFinite(each) && each > 0),
                "std",
                std,
                "must be positive numbers");
        this.values = new float[channels][BYTES];
        for (int c = 0; c < channels; c++) {
            for (int x = 0; x < BYTES; x++) {
                values[c][x] = (x / MOST - means.get(c)) / stds.get(c);
            }
        }
        this.resize = size == 0 ? Optional.empty() : Optional.of(compute.compile(script(size)));
    }

    private static String script(int size) {
        String resized = "torch._upsample_bilinear2d_aa(x, [" + size + ", " + size + "], False)";
        return TorchModule.text(List.of("x"), 1, List.of("return (" + resized + ",)"));
    }

    private static List<Float> ofEach(int channels, String name, List<Float> given, float otherwise) {
        if (given.size() <= 1) {
            return Collections.nCopies(channels, given.isEmpty() ? otherwise : given.get(0));
        }
        Check.that(given.size() == channels, name, given, "must be one number, or one for each of " + channels);
        return given;
    }

    /**
     * Shape of an image of that size as the network sees it: (1, C, H, W).
     *
     * @throws IllegalArgumentException if it has channels that the network does not take
     */
    Shape shape(ImageShape image) {
        Check.that(
                image.channels() == channels || image.channels() == 1,
                "image",
                image,
                "must have " + (channels == 1 ? "1 channel" : "1 or " + channels + " channels"));
        return size > 0 ? new Shape(1, channels, size, size) : new Shape(1, channels, image.height(), image.width());
    }

    /** Images that come to one shape: (B, C, H, W). */
    NDArray block(NDManager scope, List<SizedImage> images) {
        NDList block = new NDList();
        for (SizedImage image : images) {
            Shape wanted = shape(image.shape());
            Shape own =
                    new Shape(1, channels, image.shape().height(), image.shape().width());
            NDArray planes = Tensors.of(scope, planes(image), own);
            block.add(own.equals(wanted) ? planes : resized(planes));
        }
        return block.size() == 1 ? block.get(0) : NDArrays.concat(block);
    }

    private NDArray resized(NDArray planes) {
        return GradMode.off(() -> Compute.run(resize.orElseThrow(), new NDList(planes)))
                .singletonOrThrow();
    }

    private float[] planes(SizedImage image) {
        int from = image.shape().channels();
        int places = image.shape().height() * image.shape().width();
        float[] planes = new float[channels * places];
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < places; i++) {
                int at = from == 1 ? i : i * from + c;
                planes[c * places + i] = values[c][image.pixels()[at] & 0xFF];
            }
        }
        return planes;
    }
}
