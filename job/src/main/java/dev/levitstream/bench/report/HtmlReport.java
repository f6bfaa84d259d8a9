package dev.levitstream.bench.report;

import dev.levitstream.bench.report.html.JtereportGenerated;
import dev.levitstream.bench.run.RunFolder;
import dev.levitstream.bench.run.RunResult;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** One page that needs nothing else: data, script and charting library (Apache ECharts) in one file. */
public final class HtmlReport {
    private static final String SCRIPT = "/bench/report.js";
    private static final String LIBRARY = "/META-INF/resources/webjars/echarts/5.5.0/echarts.min.js";

    private HtmlReport() {}

    static String page(List<RunResult> results) throws IOException {
        String data = json(Map.of("runs", results, "varied", Sweep.of(results)));
        StringOutput page = new StringOutput();
        JtereportGenerated.render(
                new OwaspHtmlTemplateOutput(page), null, Series.of(results), library(), data, resource(SCRIPT));
        return page.toString();
    }

    /** A value as JSON that may stand in a script: nothing in it ends the script or starts a comment. */
    public static String json(Object value) throws IOException {
        return RunFolder.json(value).replace("<", "\\u003c");
    }

    /** The charting library's script. */
    public static String library() throws IOException {
        return resource(LIBRARY);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + " is missing from the distribution");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
