package dev.levitstream.learner.change;

import dev.levitstream.learner.common.StateCodec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A world that ended, as it is remembered to know it again.
 *
 * @param whitening of this world
 * @param law of the statistic in this world
 * @param reference projections of some of its images
 */
record World(Whitening whitening, NullLaw law, List<float[]> reference) {
    /** Probability that images differ that much from this world if they are of it; see {@link TwoSampleTest}. */
    double probability(List<float[]> projections) {
        List<float[]> own = reference.stream().map(whitening::whiten).toList();
        List<float[]> others = projections.stream().map(whitening::whiten).toList();
        double discrepancy = mean(others, others) - 2 * mean(others, own) + mean(own, own);
        return law.probability(discrepancy / (1.0 / others.size() + 1.0 / own.size()));
    }

    private static double mean(List<float[]> some, List<float[]> others) {
        double sum = 0;
        for (float[] a : some) {
            for (float[] b : others) {
                sum += Kernel.of(a, b);
            }
        }
        return sum / some.size() / others.size();
    }

    /**
     * It goes on: what is remembered of it is too long ago to stand for what is before a change.
     *
     * @param newest images that show it
     */
    TwoSampleTest resumed(List<Numbered> newest) {
        TwoSampleTest test = new TwoSampleTest(whitening);
        Numbered.unknown(reference).forEach(test::add);
        newest.forEach(test::add);
        return test;
    }

    void write(DataOutputStream out) throws IOException {
        whitening.write(out);
        law.write(out);
        writeAll(out, reference);
    }

    static World read(DataInputStream in) throws IOException {
        return new World(Whitening.read(in), NullLaw.read(in), readAll(in));
    }

    static void writeAll(DataOutputStream out, List<float[]> projections) throws IOException {
        out.writeInt(projections.size());
        for (float[] projection : projections) {
            StateCodec.writeFloats(out, projection);
        }
    }

    static List<float[]> readAll(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<float[]> projections = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            projections.add(StateCodec.readFloats(in));
        }
        return projections;
    }
}
