package dev.levitstream.bench.report;

import dev.levitstream.bench.run.RunFolder;
import dev.levitstream.bench.run.RunResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One page that needs nothing else: data, page and charting library (Apache ECharts) in one file. */
public final class HtmlReport {
    private static final String PAGE = "/bench/report.html";
    private static final String LIBRARY = "/META-INF/resources/webjars/echarts/5.5.0/echarts.min.js";

    private HtmlReport() {}

    static String page(List<RunResult> results) throws IOException {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("runs", results);
        data.put("varied", Sweep.of(results));
        List<Map<String, Object>> figures = new ArrayList<>();
        for (Series series : Series.of(results)) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", series.name());
            for (String figure : series.figures()) {
                row.put(figure, series.spread(figure));
            }
            figures.add(row);
        }
        data.put("series", figures);
        return page(PAGE, data);
    }

    /**
     * A page with its data and the charting library inside.
     *
     * @param template resource with the places {@code LIBRARY} and {@code DATA} in comments
     */
    public static String page(String template, Object data) throws IOException {
        // an end tag inside a string would end the script
        String json = RunFolder.json(data).replace("</", "<\\/");
        return resource(template).replace("/*LIBRARY*/", resource(LIBRARY)).replace("/*DATA*/null", json);
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
