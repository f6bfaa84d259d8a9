package dev.levitstream.bench.report;

import dev.levitstream.bench.run.RunResult;
import dev.levitstream.bench.run.RunSetup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Runs that differ in their seed alone.
 *
 * @param name of the runs
 * @param runs by seed, at least one
 */
public record Series(String name, List<RunResult> runs) {
    /** The series of runs, in the order of the first run of each. */
    public static List<Series> of(List<RunResult> results) {
        Map<String, List<RunResult>> byName = results.stream()
                .sorted(Comparator.comparingLong(run -> run.setup().plan().seed()))
                .collect(Collectors.groupingBy(run -> run.setup().name(), LinkedHashMap::new, Collectors.toList()));
        List<Series> series = new ArrayList<>();
        byName.forEach((name, runs) -> series.add(new Series(name, runs)));
        return series;
    }

    /** What was run, but for the seed. */
    public RunSetup setup() {
        return runs.get(0).setup();
    }

    public boolean isRouted() {
        return !setup().routing().equals("none");
    }

    /** As {@code 0, 1, 2}. */
    public String seeds() {
        return runs.stream()
                .map(run -> Long.toString(run.setup().plan().seed()))
                .collect(Collectors.joining(", "));
    }

    /** Of all runs, as {@code abc1234, def5678}. */
    public String commits() {
        return runs.stream().map(run -> run.setup().build().commit()).distinct().collect(Collectors.joining(", "));
    }

    /** Names of figures in the order of tables. */
    public List<String> figures() {
        return List.copyOf(runs.get(0).figures().keySet());
    }

    /** A figure over seeds; NaN if a run does not have it. */
    public Spread spread(String figure) {
        return Spread.of(runs.stream()
                .mapToDouble(run -> run.figures().getOrDefault(figure, Double.NaN))
                .toArray());
    }

    /** A figure as in a table; empty if a run does not have it. */
    public String text(String figure) {
        return spread(figure).text();
    }
}
