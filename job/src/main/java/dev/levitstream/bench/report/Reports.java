package dev.levitstream.bench.report;

import dev.levitstream.bench.run.RunFolder;
import dev.levitstream.bench.run.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Everything that is written about finished runs. */
public final class Reports {
    private Reports() {}

    /** Writes {@code report.md}, {@code report.html} and CSV files into the runs' folder. */
    public static void write(RunFolder folder) throws IOException {
        List<RunResult> results = folder.all();
        Path path = folder.path();
        Files.writeString(path.resolve("report.md"), MarkdownReport.report(results));
        Files.writeString(path.resolve("report.html"), HtmlReport.page(results));
        CsvReport.write(results, path);
    }

    /** Every series of the first folder against every series of the second, as Markdown. */
    public static String compare(RunFolder a, RunFolder b) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Series first : Series.of(a.all())) {
            for (Series second : Series.of(b.all())) {
                if (a.path().equals(b.path()) && first.name().compareTo(second.name()) >= 0) {
                    continue; // one folder against itself: each pair once
                }
                text.append(MarkdownReport.comparison(Comparison.of(first, second)))
                        .append('\n');
            }
        }
        return text.toString();
    }
}
