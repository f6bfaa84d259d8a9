package dev.levitstream.nn;

import static dev.levitstream.nn.TapeArray.taped;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A convolution whose gradient is wanted. On a CPU the engine's own are slow for some shapes, forwards or backwards;
 * those are done by products.
 *
 * @param images (B, in, H, W)
 * @param kernel as the operation takes it
 * @param bias (out)
 */
record TapeConvolution(TapeArray images, TapeArray kernel, TapeArray bias) {
    /** {@link Array#convolution}; kernel (out, in, h, w). */
    Array plain(int stride, int padding) {
        if (script().products().unfoldConvolutions() && NarrowConvolution.suits(kernel.sizes(), stride, padding)) {
            return narrow();
        }
        Object[] operands = {
            images.name(), kernel.name(), bias.name(), Script.list(stride, stride), Script.list(padding, padding)
        };
        Sizes sizes = Sizes.of(
                images.sizes().get(0), kernel.sizes().get(0), side(2, stride, padding), side(3, stride, padding));
        return images.result(
                script().call("torch.conv2d", operands),
                sizes,
                (y, gradient) -> passBack(kernel, gradient, stride, padding, "False", Script.list(0, 0)),
                images,
                kernel,
                bias);
    }

    private long side(int axis, int stride, int padding) {
        return (images.sizes().get(axis) + 2L * padding - kernel.sizes().get(axis)) / stride + 1;
    }

    private Array narrow() {
        Script script = script();
        Products products = script.products();
        Sizes sizes = images.sizes();
        long channels = kernel.sizes().get(0);
        TapeArray x = places();
        TapeArray w = taped(kernel.transpose(0, 2, 3, 1).reshape(9 * channels, sizes.get(1)));
        String rows = script.rowByRow(x.name());
        String weight = script.rowByRow(w.name());
        NarrowConvolution convolution =
                new NarrowConvolution(script, images.name(), sizes.get(2), sizes.get(3), channels);
        return images.result(
                convolution.added(products.timesTransposed(script, weight, rows), bias.name()),
                sizes.with(1, channels),
                (y, gradient) -> {
                    String windows = convolution.windows(gradient);
                    x.receiveAsIs(products.transposedTimes(script, windows, weight));
                    w.receiveAsIs(products.timesTransposed(script, windows, script.transpose(rows)));
                    receiveSum(gradient);
                },
                x,
                w,
                bias);
    }

    /** {@link Array#doublingConvolution}; kernel (out, in, 3, 3). */
    Array doubling(int rows, int columns, int height, int width) {
        DoublingConvolution convolution = new DoublingConvolution(
                script(), rows, columns, height, width, kernel.sizes().get(0));
        Sizes doubled = Sizes.of(images.sizes().get(0), convolution.channels(), height, width);
        if (script().products().unfoldConvolutions()) {
            return doublingByProducts(convolution, doubled);
        }
        TapeArray exchanged = exchanged();
        return images.result(
                convolution.direct(images.name(), exchanged.name(), bias.name()),
                doubled,
                (y, gradient) -> passBack(exchanged, gradient, 2, 1, "True", convolution.wider()),
                images,
                exchanged,
                bias);
    }

    /** Backwards always, forwards where that is not slower. */
    private Array doublingByProducts(DoublingConvolution convolution, Sizes doubled) {
        Script script = script();
        Products products = script.products();
        TapeArray x = places();
        TapeArray w = taped(kernel.transpose(1, 2, 3, 0).reshape(images.sizes().get(1), 9 * convolution.channels()));
        String places = script.rowByRow(x.name());
        String weight = script.rowByRow(w.name());
        String y = convolution.small()
                ? convolution.added(products.timesTransposed(script, places, script.transpose(weight)), bias.name())
                : convolution.direct(images.name(), exchanged().name(), bias.name());
        return images.result(
                y,
                doubled,
                (result, gradient) -> {
                    String windows = convolution.windows(gradient);
                    x.receiveAsIs(products.timesTransposed(script, windows, weight));
                    w.receiveAsIs(products.transposedTimes(script, places, windows));
                    receiveSum(gradient);
                },
                x,
                w,
                bias);
    }

    private Script script() {
        return images.tape().script();
    }

    /** The kernel as the engine's transposed convolution takes it, (in, out, 3, 3). */
    private TapeArray exchanged() {
        return taped(kernel.transpose(1, 0, 2, 3));
    }

    /** The images as rows (B H W, in). */
    private TapeArray places() {
        return taped(images.transpose(0, 2, 3, 1).reshape(-1, images.sizes().get(1)));
    }

    /** The bias's gradient. */
    private void receiveSum(String gradient) {
        bias.receive("torch.sum", gradient, Script.list(0, 2, 3));
    }

    /** By the engine. */
    private void passBack(TapeArray weight, String gradient, int stride, int padding, String transposed, String wider) {
        String wanted = Stream.of(images, weight, bias)
                .map(array -> array.varies() ? "True" : "False")
                .collect(Collectors.joining(", ", "[", "]"));
        String all = script().call(
                        "torch.convolution_backward",
                        gradient,
                        images.name(),
                        weight.name(),
                        bias.size(),
                        Script.list(stride, stride),
                        Script.list(padding, padding),
                        Script.list(1, 1),
                        transposed,
                        wider,
                        1,
                        wanted);
        images.receiveAsIs(all + "[0]");
        weight.receiveAsIs(all + "[1]");
        bias.receiveAsIs(all + "[2]");
    }
}
