package dev.levitstream.bench.report;

import dev.levitstream.bench.run.Figures;
import dev.levitstream.bench.run.RunResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Tables for people: mean +- deviation over seeds. */
public final class MarkdownReport {
    private static final double MILLION = 1e6;

    private MarkdownReport() {}

    /** A whole report: what was run, then one column per series. */
    public static String report(List<RunResult> results) {
        List<Series> all = Series.of(results);
        RunResult any = results.get(0);
        StringBuilder text = new StringBuilder("# " + any.benchmark() + "\n\n");
        text.append(String.format(
                Locale.ROOT,
                "%,d images in %d tasks, %,d test images; preset %s, commit %s, on %s. Mean ± deviation over seeds.%n",
                any.trainImages(),
                any.tasks().size(),
                any.testImages(),
                any.plan().preset(),
                any.commit(),
                any.machine()));
        text.append("Accuracy is per image: each test image is routed and answered alone. The task-set column uses the"
                + " identity of the test images' task, which a stream does not have.\n\n");
        text.append("| |");
        all.forEach(series -> text.append(' ').append(series.name()).append(" |"));
        text.append("\n|---|").append("---|".repeat(all.size())).append('\n');
        text.append("| seeds |");
        all.forEach(series -> text.append(' ').append(seeds(series)).append(" |"));
        text.append("\n| routing |");
        all.forEach(series ->
                text.append(' ').append(series.runs().get(0).routing()).append(" |"));
        for (String figure : all.get(0).figures()) {
            text.append("\n| ").append(figure).append(" |");
            all.forEach(series -> text.append(' ').append(cell(series, figure)).append(" |"));
        }
        return text.append('\n').toString();
    }

    /** One row per series of any number of reports, for a README. */
    public static String table(List<RunResult> results) {
        StringBuilder text = new StringBuilder(
                "| stream | learner | accuracy, per image | task-set* | routing | routed home | test-then-train | components | missed / false | delay, images | images/s | preset, router | seeds | commit |\n");
        text.append("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        results.stream()
                .collect(Collectors.groupingBy(
                        run -> run.benchmark() + " (" + run.trainImages() + ")",
                        LinkedHashMap::new,
                        Collectors.toList()))
                .forEach((stream, runs) -> Series.of(runs).forEach(series -> row(text, stream, series)));
        return text.toString();
    }

    private static void row(StringBuilder text, String stream, Series series) {
        RunResult any = series.runs().get(0);
        List<String> cells = new ArrayList<>();
        cells.add(stream);
        cells.add("`" + series.name() + "`");
        cells.add("**" + cell(series, Figures.ACCURACY) + "**");
        cells.add(cell(series, Figures.TASK_SET));
        cells.add(any.routing().equals("none") ? "" : "per image");
        cells.add(any.routing().equals("none") ? "" : cell(series, Figures.ROUTING));
        cells.add(cell(series, Figures.PREQUENTIAL));
        cells.add(cell(series, Figures.COMPONENTS));
        cells.add(cell(series, Figures.MISSED) + " / " + cell(series, Figures.FALSE));
        cells.add(cell(series, Figures.DELAY));
        cells.add(cell(series, Figures.SPEED));
        cells.add(any.plan().preset() + (any.routing().equals("none") ? "" : ", " + any.routing()));
        cells.add(seeds(series));
        cells.add(series.runs().stream().map(RunResult::commit).distinct().collect(Collectors.joining(", ")));
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /** Two series side by side. */
    public static String comparison(Comparison comparison) {
        StringBuilder text = new StringBuilder("| | " + comparison.a() + " | " + comparison.b()
                + " | difference | p (paired t-test) | seeds |\n|---|---|---|---|---|---|\n");
        for (Comparison.Row row : comparison.rows()) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s%s | %s | %d |%n",
                    row.figure(),
                    number(row.a()),
                    number(row.b()),
                    row.difference() > 0 ? "+" : "",
                    number(row.difference()),
                    Double.isNaN(row.p()) ? "" : String.format(Locale.ROOT, "%.2g", row.p()),
                    row.pairs()));
        }
        return text.toString();
    }

    private static String seeds(Series series) {
        return series.runs().stream()
                .map(run -> Long.toString(run.plan().seed()))
                .collect(Collectors.joining(", "));
    }

    private static String cell(Series series, String figure) {
        Series.Spread spread = series.spread(figure);
        if (Double.isNaN(spread.mean())) {
            return "";
        }
        if (Double.isNaN(spread.deviation()) || spread.deviation() == 0) {
            return number(spread.mean());
        }
        if (Math.abs(spread.mean()) >= MILLION) { // both in one unit
            return String.format(Locale.ROOT, "%.2f ± %.2f M", spread.mean() / MILLION, spread.deviation() / MILLION);
        }
        return number(spread.mean()) + " ± " + number(spread.deviation());
    }

    static String number(double value) {
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
