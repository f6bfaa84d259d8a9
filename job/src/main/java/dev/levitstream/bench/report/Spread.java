package dev.levitstream.bench.report;

import java.util.EnumSet;
import java.util.Locale;
import org.apache.commons.statistics.descriptive.DoubleStatistics;
import org.apache.commons.statistics.descriptive.Statistic;

/**
 * Mean and deviation of a figure over seeds.
 *
 * @param mean over runs; NaN if a run has none
 * @param deviation sample standard deviation; NaN for one run
 */
public record Spread(double mean, double deviation) {
    private static final double MILLION = 1e6;

    static Spread of(double... values) {
        DoubleStatistics statistics =
                DoubleStatistics.of(EnumSet.of(Statistic.MEAN, Statistic.STANDARD_DEVIATION), values);
        double deviation = values.length < 2 ? Double.NaN : statistics.getAsDouble(Statistic.STANDARD_DEVIATION);
        return new Spread(statistics.getAsDouble(Statistic.MEAN), deviation);
    }

    /** As in a table, {@code 82.33 ± 2.08}; empty if the mean is NaN. */
    String text() {
        if (Double.isNaN(mean) || Double.isNaN(deviation) || deviation == 0) {
            return number(mean);
        }
        if (Math.abs(mean) >= MILLION) { // both in one unit
            return String.format(Locale.ROOT, "%.2f ± %.2f M", mean / MILLION, deviation / MILLION);
        }
        return number(mean) + " ± " + number(deviation);
    }

    /** Whole numbers as such, others with two decimals, large ones in millions; empty for NaN. */
    public static String number(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        if (Math.abs(value) >= MILLION) {
            return String.format(Locale.ROOT, "%.2f M", value / MILLION);
        }
        boolean whole = value == Math.rint(value);
        return String.format(Locale.ROOT, whole ? "%.0f" : "%.2f", value);
    }
}
