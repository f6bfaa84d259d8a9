package dev.levitstream.bench.speed;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.apache.commons.statistics.descriptive.Median;

/** Work that can be timed. Works that are compared take turns in short windows; figures are medians over rounds. */
interface Timed {
    /** Repetitions in which code becomes fast (count). */
    int WARM_UP = 10;

    /** Length of a turn. */
    double WINDOW_SECONDS = 0.25;

    /** Seconds that so many repetitions take together. */
    double seconds(int times) throws Exception;

    static Timed of(Runnable work) {
        return times -> {
            long start = System.nanoTime();
            for (int i = 0; i < times; i++) {
                work.run();
            }
            return (System.nanoTime() - start) / 1e9;
        };
    }

    /** Works at the same time, each on a thread of its own, which there must be; all have as many repetitions. */
    static Timed together(List<Runnable> works, ExecutorService threads) {
        return times -> {
            long start = System.nanoTime();
            List<Future<Double>> all = new ArrayList<>();
            for (Runnable work : works) {
                all.add(threads.submit(() -> of(work).seconds(times)));
            }
            for (Future<Double> one : all) {
                one.get();
            }
            return (System.nanoTime() - start) / 1e9;
        };
    }

    /**
     * Median seconds per repetition of the first, then the median ratio of the first to each other one over rounds in
     * which each has a turn.
     */
    static double[] compare(List<Timed> all, int rounds) throws Exception {
        int[] times = new int[all.size()];
        for (int k = 0; k < times.length; k++) {
            int warmUp = all.get(k).seconds(1) < WINDOW_SECONDS ? WARM_UP : 1;
            double once = all.get(k).seconds(warmUp) / warmUp;
            times[k] = (int) Math.ceil(WINDOW_SECONDS / once);
        }
        double[][] measured = new double[all.size()][rounds];
        for (int round = 0; round < rounds; round++) {
            for (int k = 0; k < times.length; k++) {
                measured[k][round] = all.get(k).seconds(times[k]) / times[k];
            }
        }
        double[] medians = new double[all.size()];
        medians[0] = median(measured[0]);
        for (int k = 1; k < medians.length; k++) {
            double[] ratios = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                ratios[round] = measured[0][round] / measured[k][round];
            }
            medians[k] = median(ratios);
        }
        return medians;
    }

    static double median(double[] values) {
        return Median.withDefaults().evaluate(values);
    }
}
