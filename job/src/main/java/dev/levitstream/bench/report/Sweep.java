package dev.levitstream.bench.report;

import dev.levitstream.bench.run.Figures;
import dev.levitstream.bench.run.RunPlan;
import dev.levitstream.bench.run.RunResult;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The one option whose values tell the runs of a report apart, if it is a number.
 *
 * @param key of the option
 * @param points one per learner and value
 */
record Sweep(String key, List<Point> points) {
    /**
     * Figures at one value.
     *
     * @param learner name
     * @param value of the option
     * @param accuracy per image, per cent
     * @param components after the stream
     */
    record Point(String learner, double value, Spread accuracy, Spread components) {}

    /** One sweep per numeric option that takes several values. */
    static List<Sweep> of(List<RunResult> results) {
        Set<String> keys = new LinkedHashSet<>();
        results.forEach(run -> keys.addAll(run.setup().plan().settings().keySet()));
        List<Sweep> sweeps = new ArrayList<>();
        for (String key : keys) {
            Set<String> values = new LinkedHashSet<>();
            results.forEach(run -> values.add(run.setup().plan().settings().getOrDefault(key, "")));
            if (values.size() > 1 && values.stream().allMatch(value -> value.matches("[0-9.eE+-]+"))) {
                sweeps.add(new Sweep(key, points(results, key)));
            }
        }
        return sweeps;
    }

    private static List<Point> points(List<RunResult> results, String key) {
        List<Point> points = new ArrayList<>();
        for (Series series : Series.of(results)) {
            RunPlan plan = series.setup().plan();
            points.add(new Point(
                    plan.learner(),
                    Double.parseDouble(plan.settings().get(key)),
                    series.spread(Figures.ACCURACY),
                    series.spread(Figures.COMPONENTS)));
        }
        return points;
    }
}
