package dev.levitstream.bench.report;

import dev.levitstream.bench.run.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.statistics.inference.TTest;

/**
 * Two series side by side, paired over the seeds that both have.
 *
 * @param a name of the first
 * @param b name of the second
 * @param rows one per figure
 */
public record Comparison(String a, String b, List<Row> rows) {
    /**
     * One figure.
     *
     * @param figure its name
     * @param a mean of the first
     * @param b mean of the second
     * @param difference mean of a - b over pairs
     * @param p two-sided p of the paired t-test that the difference is 0; NaN with fewer than two pairs or where all
     *     differences are equal
     * @param pairs seeds that both have (count)
     */
    public record Row(String figure, double a, double b, double difference, double p, int pairs) {
        /** With its sign; empty if it is NaN. */
        public String signedDifference() {
            return (difference > 0 ? "+" : "") + Spread.number(difference);
        }

        /** p with two digits; empty if it is NaN. */
        public String significance() {
            return Double.isNaN(p) ? "" : String.format(Locale.ROOT, "%.2g", p);
        }
    }

    public static Comparison of(Series a, Series b) {
        List<Row> rows = new ArrayList<>();
        for (String figure : a.figures()) {
            row(figure, a, b).ifPresent(rows::add);
        }
        return new Comparison(a.name(), b.name(), rows);
    }

    private static Optional<Row> row(String figure, Series a, Series b) {
        Map<Long, Double> first = bySeed(figure, a);
        Map<Long, Double> second = bySeed(figure, b);
        first.keySet().retainAll(second.keySet());
        second.keySet().retainAll(first.keySet());
        if (first.isEmpty()) {
            return Optional.empty();
        }
        double[] x = first.values().stream().mapToDouble(value -> value).toArray();
        double[] y = second.values().stream().mapToDouble(value -> value).toArray();
        double sumX = 0;
        double sumY = 0;
        boolean differ = false;
        for (int i = 0; i < x.length; i++) {
            sumX += x[i];
            sumY += y[i];
            differ |= x[i] - y[i] != x[0] - y[0];
        }
        double p = differ ? TTest.withDefaults().pairedTest(x, y).getPValue() : Double.NaN;
        int n = x.length;
        return Optional.of(new Row(figure, sumX / n, sumY / n, (sumX - sumY) / n, p, n));
    }

    private static TreeMap<Long, Double> bySeed(String figure, Series series) {
        TreeMap<Long, Double> values = new TreeMap<>();
        for (RunResult run : series.runs()) {
            double value = run.figures().getOrDefault(figure, Double.NaN);
            if (!Double.isNaN(value)) {
                values.put(run.setup().plan().seed(), value);
            }
        }
        return values;
    }
}
