package dev.levitstream.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.levitstream.bench.run.Accuracies;
import dev.levitstream.bench.run.AccuracyMatrix;
import dev.levitstream.bench.run.BenchmarkSummary;
import dev.levitstream.bench.run.Build;
import dev.levitstream.bench.run.ChangeDetection;
import dev.levitstream.bench.run.Cost;
import dev.levitstream.bench.run.RunFolder;
import dev.levitstream.bench.run.RunPlan;
import dev.levitstream.bench.run.RunResult;
import dev.levitstream.bench.run.RunSetup;
import dev.levitstream.bench.run.StreamTrace;
import dev.levitstream.bench.run.TestAccuracy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports of made results: what stands in them, and that no value is taken for markup. */
class ReportTest {
    private static final String HOSTILE = "er a=</script><script>alert(1)</script> b=x|y, \"c\"=`d` *e*\r\nnext & last";

    private static RunResult plain(String name, long seed, double accuracy) {
        return result(name, seed, new TestAccuracy(accuracy, Double.NaN, Double.NaN, Double.NaN), "none");
    }

    private static RunResult routed(String name, long seed, double accuracy) {
        return result(name, seed, new TestAccuracy(accuracy, accuracy + 0.01, 0.9, 0.95), "product, log-likelihood");
    }

    private static RunResult result(String name, long seed, TestAccuracy test, String routing) {
        boolean expands = !routing.equals("none");
        RunPlan plan =
                new RunPlan(expands ? "levit-dkf" : "er", "stream", Map.of("memory.capacity", "256"), 5, false, seed);
        BenchmarkSummary benchmark = new BenchmarkSummary("shades", List.of("plain", "stripes"), 1800, 120);
        AccuracyMatrix matrix = new AccuracyMatrix(List.of(List.of(0.75), List.of(0.5, 1.0)));
        ChangeDetection changes = new ChangeDetection(
                expands ? List.of(new ChangeDetection.CreatedComponent(929 + seed, 1, 2, 2.5, Double.NaN)) : List.of(),
                expands ? 1 : 0,
                0,
                expands ? List.of(30 + seed) : List.of());
        return new RunResult(
                new RunSetup(name, plan, benchmark, routing, new Build("abc1234", "2 cores, Some CPU @ 2.20GHz")),
                new Accuracies(test, 0.75 + 0.01 * seed, matrix),
                changes,
                new Cost(expands ? 2 : 1, 1_234_567 + 100_000 * seed, expands ? 2_000_000 : 0, 4321, 360, 12.5 + seed),
                List.of(),
                new StreamTrace(List.of(899L, 1799L), List.of(0.5, 0.75), List.of(Double.NaN, 1.25), List.of(900L)));
    }

    private static List<RunResult> twoSeries() {
        List<RunResult> results = new ArrayList<>();
        for (int seed = 0; seed < 3; seed++) {
            results.add(plain("er", seed, 0.7 + 0.01 * seed * seed));
            results.add(routed("levit-dkf", seed, 0.8 + 0.02 * seed));
        }
        return results;
    }

    @Test
    void aReportHasOneColumnPerSeries() {
        assertThat(MarkdownReport.report(twoSeries())).isEqualTo("""
                        # shades

                        1,800 images in 2 tasks, 120 test images; preset stream, commit abc1234, on 2 cores, Some CPU @ 2.20GHz. Mean ± deviation over seeds.
                        Accuracy is per image: each test image is routed and answered alone. The task-set column uses the identity of the test images' task, which a stream does not have.

                        | | er | levit-dkf |
                        |---|---|---|
                        | seeds | 0, 1, 2 | 0, 1, 2 |
                        | routing | none | product, log-likelihood |
                        | accuracy, per image % | 71.67 ± 2.08 | 82 ± 2.00 |
                        | task-set accuracy % (uses task identity) |  | 83 ± 2.00 |
                        | routing accuracy % |  | 90 |
                        | oracle-routed accuracy % |  | 95 |
                        | forgetting % | 25 | 25 |
                        | backward transfer % | -25 | -25 |
                        | test-then-train % | 76 ± 1 | 76 ± 1 |
                        | components | 1 | 2 |
                        | missed expansions | 0 | 1 |
                        | false expansions | 0 | 0 |
                        | expansion delay, images |  | 31 ± 1 |
                        | ViT parameters | 1.33 ± 0.10 M | 1.33 ± 0.10 M |
                        | VAE parameters | 0 | 2.00 M |
                        | state, bytes | 4321 | 4321 |
                        | updates | 360 | 360 |
                        | images/s | 133.82 ± 9.94 | 133.82 ± 9.94 |
                        """);
    }

    @Test
    void aTableHasOneRowPerSeries() {
        assertThat(MarkdownReport.table(twoSeries()).lines().skip(2)).containsExactly("""
                        | shades (1800) | `er` | **71.67 ± 2.08** |  |  |  | 76 ± 1 | 1 | 0 / 0 |  | 133.82 ± 9.94 | stream | 0, 1, 2 | abc1234 |
                        | shades (1800) | `levit-dkf` | **82 ± 2.00** | 83 ± 2.00 | per image | 90 | 76 ± 1 | 2 | 1 / 0 | 31 ± 1 | 133.82 ± 9.94 | stream, product, log-likelihood | 0, 1, 2 | abc1234 |
                        """.split("\n"));
    }

    @Test
    void aComparisonHasOneRowPerFigureThatBothHave() {
        List<Series> series = Series.of(twoSeries());
        String text = MarkdownReport.comparison(Comparison.of(series.get(0), series.get(1)));
        assertThat(text).startsWith("""
                        | | er | levit-dkf | difference | p (paired t-test) | seeds |
                        |---|---|---|---|---|---|
                        | accuracy, per image % | 71.67 | 82 | -10.33 | 0.0010 | 3 |
                        | forgetting % | 25 | 25 | 0 |  | 3 |
                        """);
        assertThat(MarkdownReport.comparison(Comparison.of(series.get(1), series.get(0))))
                .contains("| accuracy, per image % | 82 | 71.67 | +10.33 | 0.0010 | 3 |\n");
    }

    @Test
    void thePairedTestIsTheTextbooks() {
        // differences 1, 2, 3, 4, 5: mean 3, deviation sqrt(2.5), t = 3 / sqrt(0.5) = 4.243, 4 degrees: p = 0.01324
        List<RunResult> a = new ArrayList<>();
        List<RunResult> b = new ArrayList<>();
        for (int seed = 0; seed < 5; seed++) {
            a.add(plain("a", seed, 0.5 + 0.01 * (seed + 1)));
            b.add(plain("b", seed, 0.5));
        }
        b.add(plain("b", 9, 0.9)); // a seed that only one has does not count
        Comparison comparison = Comparison.of(Series.of(a).get(0), Series.of(b).get(0));
        Comparison.Row accuracy = comparison.rows().get(0);
        assertThat(accuracy.difference()).isCloseTo(3, within(1e-9));
        assertThat(accuracy.p()).isCloseTo(0.01324, within(1e-5));
        assertThat(accuracy.pairs()).isEqualTo(5);
        assertThat(comparison.rows().get(7).p()).as("no difference, no p").isNaN();
    }

    @Test
    void noValueIsMarkupInMarkdown() {
        List<RunResult> results = List.of(plain(HOSTILE, 0, 0.5), plain("er", 0, 0.5));
        String escaped = "er a=\\</script>\\<script>alert(1)\\</script> b=x\\|y, \"c\"=\\`d\\` \\*e\\* next \\& last";
        String report = MarkdownReport.report(results);
        assertThat(report).contains("| | " + escaped + " | er |\n");
        assertThat(rows(report))
                .hasSize(20)
                .allSatisfy(row -> assertThat(cells(row)).isEqualTo(3));
        Series hostile = Series.of(results).get(0);
        String comparison = MarkdownReport.comparison(Comparison.of(hostile, hostile));
        assertThat(comparison).startsWith("| | " + escaped + " | " + escaped + " | difference |");
        assertThat(rows(comparison)).allSatisfy(row -> assertThat(cells(row)).isEqualTo(6));
        String table = MarkdownReport.table(results);
        assertThat(table)
                .as("in code only the fence and the cell can end")
                .contains("| ``` er a=</script><script>alert(1)</script> b=x\\|y, \"c\"=`d` *e* next & last ``` |");
        assertThat(rows(table))
                .hasSize(4)
                .allSatisfy(row -> assertThat(cells(row)).isEqualTo(14));
    }

    private static List<String> rows(String markdown) {
        return markdown.lines().filter(line -> line.startsWith("|")).toList();
    }

    /** Cells of a row, as bars that are not escaped part them (count). */
    private static int cells(String row) {
        return row.split("(?<!\\\\)\\|", -1).length - 2;
    }

    @Test
    void noValueIsMarkupInAPage() throws IOException {
        String page = HtmlReport.page(List.of(plain(HOSTILE, 0, 0.5)));
        assertThat(page)
                .contains("<th>er a=&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; b=x|y")
                .doesNotContain("<script>alert")
                .contains("<td>accuracy, per image %</td><td>50</td>", "<h1>shades</h1>", "echarts");
        assertThat(page.split("</script>", -1)).as("two scripts and the rest").hasSize(3);
        String begin = "const data = ";
        int start = page.lastIndexOf(begin) + begin.length();
        JsonNode data = new ObjectMapper().readTree(page.substring(start, page.indexOf(";\n", start)));
        assertThat(data.at("/runs/0/setup/name").asText()).isEqualTo(HOSTILE);
    }

    @Test
    void valuesInCsvFilesComeBackAsTheyWere(@TempDir Path dir) throws IOException {
        RunFolder folder = new RunFolder(dir);
        RunResult run = routed(HOSTILE, 4, 0.5);
        folder.add(run);
        folder.add(plain("er", 0, 0.25));
        Reports.write(folder);
        List<CSVRecord> runs = read(dir.resolve("runs.csv"));
        assertThat(runs).hasSize(2);
        Map<String, String> first = runs.get(1).toMap();
        assertThat(first)
                .containsEntry("learner", HOSTILE)
                .containsEntry("routing", "product, log-likelihood")
                .containsEntry("seed", "4")
                .containsEntry("train images", "1800");
        run.figures().forEach((name, value) -> assertThat(first).containsEntry(name, value.toString()));
        assertThat(runs.get(0).get("routing accuracy %")).as("NaN is empty").isEmpty();
        assertThat(texts(dir.resolve("accuracy-matrix.csv")))
                .contains(List.of(HOSTILE, "4", "1", "0", "0.5"), List.of("er", "0", "1", "1", "1.0"))
                .hasSize(6);
        assertThat(texts(dir.resolve("trace.csv")))
                .contains(List.of(HOSTILE, "4", "899", "0.5", ""), List.of("er", "0", "1799", "0.75", "1.25"))
                .hasSize(4);
        assertThat(texts(dir.resolve("expansions.csv")))
                .containsExactly(List.of(HOSTILE, "4", "933", "1", "2", "2.5", ""));
        assertThat(Files.readString(dir.resolve("expansions.csv")))
                .startsWith("learner,seed,image,task,component,measured,threshold\r\n");
    }

    private static List<CSVRecord> read(Path file) throws IOException {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        try (CSVParser parser = CSVParser.parse(file, StandardCharsets.UTF_8, format)) {
            return parser.getRecords();
        }
    }

    private static List<List<String>> texts(Path file) throws IOException {
        return read(file).stream().map(CSVRecord::toList).toList();
    }
}
