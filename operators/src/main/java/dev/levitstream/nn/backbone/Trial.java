package dev.levitstream.nn.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.Check;
import dev.levitstream.nn.engine.BatchInvarianceCheck;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.NumericException;
import dev.levitstream.nn.engine.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * What a network makes of images, found out with random ones.
 *
 * @param features shape for one image: (1, D) or (1, T, D)
 * @param tokens shape for one image, (1, T, D), if it has any
 */
record Trial(Shape features, Optional<Shape> tokens) {
    /**
     * Computes two images, one of them twice.
     *
     * @param image (1, C, H, W)
     * @throws IllegalArgumentException with what was found and what must be, if it is no backbone
     */
    static Trial of(FrozenNetwork network, Compute compute, Shape image) {
        Shape features = shape("forward", network::forward, compute, image);
        if (network.hasTokens()) {
            Shape tokens = shape("tokens", network::tokens, compute, image);
            Check.that(tokens.dimension() == 3, "tokens", tokens, "must be (1, T, D)");
            return new Trial(features, Optional.of(tokens));
        }
        return new Trial(features, features.dimension() == 3 ? Optional.of(features) : Optional.empty());
    }

    private static Shape shape(String method, UnaryOperator<NDArray> function, Compute compute, Shape image) {
        try (NDManager scope = compute.newManager()) {
            SplittableRandom random = new SplittableRandom(1);
            NDArray first = uniform(scope, image, random);
            NDArray second = uniform(scope, image, random);
            NDArray found = function.apply(first);
            Shape shape = found.getShape();
            int axes = shape.dimension();
            Check.that(
                    (axes == 2 || axes == 3) && shape.get(0) == 1 && shape.size() > 0,
                    method,
                    shape,
                    "of one image, must be features (1, D) or tokens (1, T, D)");
            Check.that(found.getDataType() == DataType.FLOAT32, method, found.getDataType(), "must be float32");
            float[] values = Tensors.read(found);
            Check.that(isFinite(values), method, shape, "has values that are not finite");
            Check.that(
                    Arrays.equals(values, Tensors.read(function.apply(first))),
                    method,
                    shape,
                    "has other values each time, must depend on the image alone");
            Check.that(
                    !Arrays.equals(values, Tensors.read(function.apply(second))),
                    method,
                    shape,
                    "is the same for two images, must depend on the image");
            return shape;
        } catch (NumericException e) {
            throw new IllegalArgumentException(
                    method + " of " + image + " failed: " + reason(e)
                            + "; backbone.size resizes images to what the file was made for",
                    e);
        }
    }

    private static NDArray uniform(NDManager scope, Shape shape, SplittableRandom random) {
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return Tensors.of(scope, values, shape);
    }

    static boolean isFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The largest of {@code most}, half of it and so on whose blocks give each image the bits that it has alone.
     *
     * @param compute of this network alone
     * @param image (1, C, H, W)
     */
    static int block(FrozenNetwork network, Compute compute, Shape image, int most) {
        int block = most;
        while (block > 1 && !isInvariant(network, compute, image, block)) {
            block /= 2;
        }
        return block;
    }

    private static boolean isInvariant(FrozenNetwork network, Compute compute, Shape image, int block) {
        return compute.isBatchInvariant("backbone in blocks of " + block, () -> {
            try (NDManager scope = compute.newManager()) {
                return BatchInvarianceCheck.holds(scope, block, images -> all(network, images[0]), List.of(image));
            } catch (NumericException e) { // a file may take no more than one at a time
                return false;
            }
        });
    }

    private static NDList all(FrozenNetwork network, NDArray images) {
        return network.hasTokens()
                ? new NDList(network.forward(images), network.tokens(images))
                : new NDList(network.forward(images));
    }

    /** What the engine says is wrong, in one line: of a failed script it is the last, behind the places in its text. */
    static String reason(Throwable failure) {
        Throwable said =
                failure instanceof NumericException && failure.getCause() != null ? failure.getCause() : failure;
        List<String> lines = String.valueOf(said.getMessage())
                .lines()
                .map(String::trim)
                .map(line -> line.replaceFirst(" *\\(Could this error message be improved.*", ""))
                .filter(line -> !line.isEmpty())
                .toList();
        return lines.stream()
                .filter(line -> line.matches("[\\w.]*Error: .*"))
                .reduce((one, next) -> next)
                .orElseGet(() -> lines.isEmpty() ? "no reason given" : lines.get(0));
    }
}
