package dev.levitstream.learner.change;

import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What was seen of an image, and which one it was.
 *
 * @param number images that had been observed before it (count), also those that were left out; {@link #UNKNOWN} where
 *     that is not known
 * @param vector a projection, as it is or whitened
 */
record Numbered(long number, float[] vector) {
    static final long UNKNOWN = -1;
    /** Images that stand for many. */
    private static final int TYPICAL = 3;

    boolean isKnown() {
        return number != UNKNOWN;
    }

    static List<float[]> vectors(List<Numbered> images) {
        return images.stream().map(Numbered::vector).toList();
    }

    /** Images of unknown numbers. */
    static List<Numbered> unknown(List<float[]> vectors) {
        return vectors.stream().map(vector -> new Numbered(UNKNOWN, vector)).toList();
    }

    /**
     * Ages of the images nearest the mean of all, the nearest first and the earliest of equals; those of unknown
     * numbers play no part.
     *
     * @param latest number of the image that was observed last
     */
    static List<Long> typical(List<Numbered> images, long latest) {
        List<Numbered> known = images.stream().filter(Numbered::isKnown).toList();
        if (known.isEmpty()) {
            return List.of();
        }
        float[] mean = Covariance.floats(Covariance.mean(vectors(known)));
        return known.stream()
                .sorted(Comparator.comparingDouble(image -> Kernel.squaredDistance(image.vector, mean)))
                .limit(TYPICAL)
                .map(image -> latest - image.number)
                .toList();
    }

    static void writeNumbers(DataOutputStream out, List<Numbered> images) throws IOException {
        for (Numbered image : images) {
            out.writeLong(image.number);
        }
    }

    /** The same images with the numbers that {@link #writeNumbers} wrote. */
    static List<Numbered> readNumbers(StateCodec.Input in, List<Numbered> images) throws IOException {
        long[] numbers = new long[images.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = in.readLong();
        }
        return IntStream.range(0, numbers.length)
                .mapToObj(i -> new Numbered(numbers[i], images.get(i).vector))
                .toList();
    }
}
