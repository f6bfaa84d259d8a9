package dev.levitstream.nn.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Whether a function of a block of images gives each image the same bits wherever it stands in the block, whatever the
 * others are and however many they are. Some libraries round a row of a matrix product differently at the edge of a
 * block, or a block of few rows differently, for some shapes; in which order a product is summed does not depend on the
 * numbers, so that a trial with random ones tells, if the function returns its products: in sums of them a last bit is
 * easily lost.
 */
public final class BatchInvarianceCheck {
    /** Values to compare (count): few of a small product's differ, and the trial has to see one. */
    private static final int ENOUGH = 4096;

    private static final int MOST_ROUNDS = 32;

    private BatchInvarianceCheck() {}

    /**
     * Tries a function.
     *
     * @param scope owner of the arrays of the trial
     * @param block images of a block (count)
     * @param function from arrays whose axis 0 is the image to such arrays
     * @param shapes of the arrays that it takes; how many images they have does not matter
     */
    public static boolean holds(NDManager scope, int block, Function<NDArray[], NDList> function, List<Shape> shapes) {
        SplittableRandom random = new SplittableRandom(block);
        int compared = 0;
        for (int round = 0; round < MOST_ROUNDS && compared < ENOUGH; round++) {
            int values = compared(scope, block, function, shapes, random);
            if (values < 0) {
                return false;
            }
            compared += values;
        }
        return true;
    }

    /** How many values of a block were compared and were the same in each place and number; -1 if one was not. */
    private static int compared(
            NDManager scope,
            int block,
            Function<NDArray[], NDList> function,
            List<Shape> shapes,
            SplittableRandom random) {
        List<float[]> images = shapes.stream()
                .map(shape -> uniform(block * (int) shape.slice(1).size(), random))
                .toList();
        List<float[]> expected = results(scope, block, function, shapes, images);
        for (int shift = block - 1; shift >= 0; shift--) { // the fewest first: they are the likeliest to differ
            int by = shift;
            List<float[]> moved =
                    images.stream().map(values -> rotated(values, block, by)).toList();
            List<float[]> found = results(scope, block, function, shapes, moved);
            List<float[]> few = results(scope, block - shift, function, shapes, moved);
            for (int r = 0; r < expected.size(); r++) {
                float[] wanted = rotated(expected.get(r), block, by);
                float[] first = Arrays.copyOf(wanted, wanted.length / block * (block - shift));
                if (!Arrays.equals(found.get(r), wanted) || !Arrays.equals(few.get(r), first)) {
                    return -1;
                }
            }
        }
        return expected.stream().mapToInt(values -> values.length).sum();
    }

    /** Of the first {@code count} images. */
    private static List<float[]> results(
            NDManager scope,
            int count,
            Function<NDArray[], NDList> function,
            List<Shape> shapes,
            List<float[]> images) {
        try (NDManager one = scope.newSubManager()) { // a trial of large images has many
            NDArray[] inputs = new NDArray[shapes.size()];
            for (int i = 0; i < inputs.length; i++) {
                Shape shape = new Shape(count).addAll(shapes.get(i).slice(1));
                inputs[i] = Tensors.of(one, Arrays.copyOf(images.get(i), (int) shape.size()), shape);
            }
            List<float[]> results = new ArrayList<>();
            for (NDArray result : function.apply(inputs)) {
                results.add(Tensors.read(result));
            }
            return results;
        }
    }

    private static float[] uniform(int size, SplittableRandom random) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextDouble(-1, 1); // sums that cancel tell more
        }
        return values;
    }

    /** Image k goes to place k - by, round the end. */
    private static float[] rotated(float[] values, int block, int by) {
        int from = values.length / block * by;
        float[] rotated = new float[values.length];
        System.arraycopy(values, from, rotated, 0, values.length - from);
        System.arraycopy(values, 0, rotated, values.length - from, from);
        return rotated;
    }
}
