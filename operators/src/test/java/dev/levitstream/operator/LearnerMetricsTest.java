package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.groups.GenericMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.junit.jupiter.api.Test;

/** The tables of metrics in deploy/README.md. */
class LearnerMetricsTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z.-]+)` \\| (\\w+) \\| ([^|]+) \\| ([^|]+) \\|$");

    @Test
    void theDocumentListsEveryMetricOfTheInputAndNoOther() throws IOException {
        assertDocumented("### Metrics of the input", root -> new InputMetrics(root).deadLetter("bytes"));
    }

    @Test
    void theDocumentListsEveryMetricOfTheEmbeddingAndNoOther() throws IOException {
        assertDocumented("### Metrics of the embedding", root -> new EmbedMetrics(root).deadLetter());
    }

    @Test
    void theDocumentListsEveryMetricOfTheLearnerAndNoOther() throws IOException {
        assertDocumented("### Metrics of the learner", root -> {
            LearnerMetrics metrics = new LearnerMetrics(root);
            metrics.gauges(() -> 0, () -> 0);
            metrics.deadLetter("label");
            metrics.restored(false);
        });
    }

    private static void assertDocumented(String heading, Consumer<MetricGroup> metrics) throws IOException {
        Map<String, String> registered = new TreeMap<>();
        MetricGroup root = new GenericMetricGroup(
                TestingMetricRegistry.builder()
                        .setRegisterConsumer((metric, name, group) -> registered.put(
                                name, metric.getMetricType().toString().toLowerCase(Locale.ROOT)))
                        .build(),
                null,
                "root");
        metrics.accept(root);
        Map<String, String> documented = new TreeMap<>();
        String document = Files.readString(Path.of("../deploy/README.md"));
        String section = document.substring(document.indexOf(heading)).split("\n#", 2)[0];
        Matcher row = ROW.matcher(section);
        while (row.find()) {
            assertThat(documented.put(row.group(1), row.group(2)))
                    .as(row.group(1))
                    .isNull();
        }
        assertThat(documented).isEqualTo(registered).isNotEmpty();
    }
}
