package dev.levitstream.bench.report;

import dev.levitstream.bench.report.markdown.JtecomparisonGenerated;
import dev.levitstream.bench.report.markdown.JtereportGenerated;
import dev.levitstream.bench.report.markdown.JtetableGenerated;
import dev.levitstream.bench.run.BenchmarkSummary;
import dev.levitstream.bench.run.RunResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Tables for people: mean ± deviation over seeds. Their text stands in the templates under {@code jte/markdown}. */
public final class MarkdownReport {
    private MarkdownReport() {}

    /** A whole report: what was run, then one column per series. */
    public static String report(List<RunResult> results) {
        MarkdownOutput output = new MarkdownOutput();
        JtereportGenerated.render(output, null, Series.of(results));
        return output.toString();
    }

    /** One row per series of any number of reports, for a README. */
    public static String table(List<RunResult> results) {
        Map<String, List<RunResult>> byStream = results.stream()
                .collect(Collectors.groupingBy(MarkdownReport::stream, LinkedHashMap::new, Collectors.toList()));
        MarkdownOutput output = new MarkdownOutput();
        JtetableGenerated.render(output, null, byStream);
        return output.toString();
    }

    private static String stream(RunResult run) {
        BenchmarkSummary benchmark = run.setup().benchmark();
        return benchmark.name() + " (" + benchmark.trainImages() + ")";
    }

    /** Two series side by side. */
    public static String comparison(Comparison comparison) {
        MarkdownOutput output = new MarkdownOutput();
        JtecomparisonGenerated.render(output, null, comparison);
        return output.toString();
    }
}
