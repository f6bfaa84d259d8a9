package dev.levitstream.nn.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.levitstream.nn.engine.Tensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes a graph array by array through the engine's ordinary interface: the oracle of printed scripts and, with the
 * engine's own backward pass, of gradients. It knows the ops of values, not those of gradients or of other libraries'
 * products.
 */
public final class GraphInterpreter {
    private final NDManager scope;
    private final NDArray flat;
    private final Map<String, NDArray> inputs;
    private final Map<Array, NDArray> known = new HashMap<>();

    /**
     * @param scope owner of all results
     * @param flat all parameters
     * @param inputs by name
     */
    public GraphInterpreter(NDManager scope, NDArray flat, Map<String, NDArray> inputs) {
        this.scope = scope;
        this.flat = flat;
        this.inputs = inputs;
    }

    /** Value of an array. */
    public NDArray value(Array array) {
        NDArray value = known.get(array);
        if (value == null) {
            value = computed(array);
            known.put(array, value);
        }
        return value;
    }

    private NDArray computed(Array array) {
        if (array.op() instanceof Op.Input input) {
            NDArray value = inputs.get(input.name());
            if (value == null) {
                throw new IllegalStateException("input=" + input.name() + " must be among " + inputs.keySet());
            }
            return value;
        }
        if (array.op() instanceof Op.Parameter parameter) {
            long end = parameter.offset() + parameter.shape().size();
            return flat.get(parameter.offset() + ":" + end)
                    .reshape(longs(parameter.shape().axes()));
        }
        if (array.op() instanceof Op.Call call) {
            return computed(call.function(), call.arguments());
        }
        throw new IllegalStateException("op=" + array.op() + " has no value here");
    }

    private NDArray computed(String function, List<Object> a) {
        return switch (function) {
            case "torch.add" -> array(a, 0).add(term(a.get(1)));
            case "torch.sub" -> array(a, 0).sub(term(a.get(1)));
            case "torch.mul" -> array(a, 0).mul(term(a.get(1)));
            case "torch.square" -> array(a, 0).square();
            case "torch.exp" -> array(a, 0).exp();
            case "torch.log" -> array(a, 0).log();
            case "torch.tanh" -> array(a, 0).tanh();
            case "torch.relu" -> Activation.relu(array(a, 0));
            case "torch.leaky_relu" -> Activation.leakyRelu(array(a, 0), ((Number) a.get(1)).floatValue());
            case "torch.gelu" -> Activation.gelu(array(a, 0));
            case "torch.sigmoid" -> Activation.sigmoid(array(a, 0));
            case "torch.softplus" -> Activation.softPlus(array(a, 0));
            case "torch.softmax" -> array(a, 0).softmax(axis(a));
            case "torch.log_softmax" -> array(a, 0).logSoftmax(axis(a));
            case "torch.sum" -> a.size() == 1 ? array(a, 0).sum() : array(a, 0).sum(ints((List<?>) a.get(1)));
            case "torch.mean" -> array(a, 0).mean();
            case "torch.reshape", "torch.view" -> array(a, 0).reshape(longs((List<?>) a.get(1)));
            case "torch.permute" -> array(a, 0).transpose(ints((List<?>) a.get(1)));
            case "torch.t" -> array(a, 0).transpose();
            case "torch.select" -> array(a, 0).get(index(axis(a), ((Number) a.get(2)).longValue()));
            case "torch.cat" ->
                NDArrays.concat(
                        new NDList(((List<?>) a.get(0))
                                .stream().map(part -> value((Array) part)).toList()),
                        axis(a));
            case "torch.bmm" -> array(a, 0).matMul(array(a, 1));
            case "torch.addmm" -> array(a, 1).matMul(array(a, 2)).add(array(a, 0));
            case "torch.scaled_dot_product_attention" -> attention(array(a, 0), array(a, 1), array(a, 2));
            case "torch.conv2d" -> convolve(array(a, 0), array(a, 1), array(a, 2), shape(a.get(3)), shape(a.get(4)));
            case "torch.conv_transpose2d" -> transposedConvolution(array(a, 0), array(a, 1), array(a, 2), a.get(5));
            default -> throw new IllegalStateException("function=" + function + " has no value here");
        };
    }

    private NDArray array(List<Object> arguments, int index) {
        return value((Array) arguments.get(index));
    }

    private NDArray term(Object argument) {
        return argument instanceof Array other
                ? value(other)
                : Tensors.constant(scope, ((Number) argument).doubleValue());
    }

    private static int axis(List<Object> arguments) {
        return ((Number) arguments.get(1)).intValue();
    }

    private static String index(int axis, long index) {
        return ":, ".repeat(axis) + index;
    }

    private static long[] longs(List<?> values) {
        return values.stream().mapToLong(value -> ((Number) value).longValue()).toArray();
    }

    private static int[] ints(List<?> values) {
        return values.stream().mapToInt(value -> ((Number) value).intValue()).toArray();
    }

    private static Shape shape(Object list) {
        return new Shape(longs((List<?>) list));
    }

    private NDArray attention(NDArray queries, NDArray keys, NDArray values) {
        double width = queries.getShape().get(3);
        NDArray scaled = queries.mul(Tensors.constant(scope, 1 / Math.sqrt(width)));
        return scaled.matMul(keys.transpose(0, 1, 3, 2)).softmax(3).matMul(values);
    }

    private static NDArray convolve(NDArray x, NDArray kernel, NDArray bias, Shape stride, Shape padding) {
        return Conv2d.conv2d(x, kernel, bias, stride, padding).singletonOrThrow();
    }

    /**
     * Stride 2, padding 1; DJL has none. Each value is followed by a zero, and the mirrored kernel slides over that: an
     * ordinary convolution (Dumoulin and Visin, "A guide to convolution arithmetic", arXiv 1603.07285, section 4.5).
     *
     * @param kernel (in, out, 3, 3)
     */
    private NDArray transposedConvolution(NDArray x, NDArray kernel, NDArray bias, Object outputPadding) {
        NDArray wide = withZeros(withZeros(x, 2), 3);
        long[] padding = longs((List<?>) outputPadding);
        long height = 2 * x.getShape().get(2) - 1 + padding[0];
        long width = 2 * x.getShape().get(3) - 1 + padding[1];
        NDArray mirrored = mirrored(mirrored(kernel, 2), 3);
        NDArray all = convolve(wide, mirrored.transpose(1, 0, 2, 3), bias, new Shape(1, 1), new Shape(1, 1));
        return all.get(":, :, :" + height + ", :" + width);
    }

    private static NDArray mirrored(NDArray kernel, int axis) {
        String all = ":, ".repeat(axis);
        return kernel.get(all + "2:3").concat(kernel.get(all + "1:2"), axis).concat(kernel.get(all + "0:1"), axis);
    }

    /** A zero behind each value along an axis. */
    private NDArray withZeros(NDArray x, int axis) {
        NDArray pairs = NDArrays.stack(new NDList(x, scope.zeros(x.getShape())), axis + 1);
        long[] doubled = x.getShape().getShape().clone();
        doubled[axis] *= 2;
        return pairs.reshape(doubled);
    }

    /**
     * Value of a scalar and its gradient at the parameters, by the engine's own backward pass.
     *
     * @param gradient (size of flat), filled
     */
    public float differentiated(Array scalar, float[] gradient) {
        flat.setRequiresGradient(true);
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try {
            PtNDArray value = (PtNDArray) value(scalar);
            JniUtils.backward(value, (PtNDArray) value.onesLike(), false, false);
            JniUtils.setGradMode(false);
            try (NDArray grad = flat.getGradient()) {
                Tensors.read(grad, gradient);
            }
            return value.toFloatArray()[0];
        } finally {
            JniUtils.setGradMode(before);
            flat.setRequiresGradient(false);
        }
    }
}
