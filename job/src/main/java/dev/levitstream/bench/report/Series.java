package dev.levitstream.bench.report;

import dev.levitstream.bench.run.RunResult;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.statistics.descriptive.DoubleStatistics;
import org.apache.commons.statistics.descriptive.Statistic;

/**
 * Runs that differ in their seed alone.
 *
 * @param name of their plan
 * @param runs by seed
 */
public record Series(String name, List<RunResult> runs) {
    /**
     * Mean and deviation over seeds.
     *
     * @param mean over runs; NaN if a run has none
     * @param deviation sample standard deviation; NaN for one run
     */
    public record Spread(double mean, double deviation) {}

    public static List<Series> of(List<RunResult> results) {
        Map<String, List<RunResult>> byName = new LinkedHashMap<>();
        results.stream()
                .sorted((a, b) -> Long.compare(a.plan().seed(), b.plan().seed()))
                .forEach(run -> byName.computeIfAbsent(run.name(), name -> new ArrayList<>())
                        .add(run));
        List<Series> series = new ArrayList<>();
        byName.forEach((name, runs) -> series.add(new Series(name, runs)));
        return series;
    }

    /** Names of figures in the order of tables. */
    public List<String> figures() {
        return List.copyOf(runs.get(0).figures().keySet());
    }

    public Spread spread(String figure) {
        double[] values = values(figure);
        DoubleStatistics statistics =
                DoubleStatistics.of(EnumSet.of(Statistic.MEAN, Statistic.STANDARD_DEVIATION), values);
        double deviation = values.length < 2 ? Double.NaN : statistics.getAsDouble(Statistic.STANDARD_DEVIATION);
        return new Spread(statistics.getAsDouble(Statistic.MEAN), deviation);
    }

    public double[] values(String figure) {
        return runs.stream()
                .mapToDouble(run -> run.figures().getOrDefault(figure, Double.NaN))
                .toArray();
    }
}
