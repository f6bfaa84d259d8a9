package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the graph is made of. */
class JobGraphTest {
    private static List<JobVertex> vertices(int parallelism) {
        return vertices(parallelism, "kafka.fast-topic", "");
    }

    private static List<JobVertex> vertices(int parallelism, String key, String value) {
        return StreamSupport.stream(
                        graph(parallelism, key, value)
                                .getJobGraph()
                                .getVertices()
                                .spliterator(),
                        false)
                .toList();
    }

    private static StreamGraph graph(int parallelism, String key, String value) {
        return graph(Map.of(
                "parallelism", Integer.toString(parallelism), "kafka.bootstrap-servers", "127.0.0.1:9", key, value));
    }

    private static StreamGraph graph(Map<String, String> given) {
        JobOptions options = OptionCatalogue.read(given);
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(LevitStreamJob.configuration(options));
        LevitStreamJob.buildOnKafka(env, options);
        return env.getStreamGraph();
    }

    /** Savepoints of every release so far know operators with state by these. */
    @Test
    void operatorsWithStateAreCalledAsEver() {
        assertThat(graph(2, "kafka.exactly-once", "true").getStreamNodes())
                .extracting(node -> String.valueOf(node.getTransformationUID()))
                .contains("images", "stream-key", "learner")
                .filteredOn(uid -> uid.endsWith(": Writer") || !uid.contains(":"))
                .contains("without-key", "input-events", "predictions", "components-created", "dead-letters", "events");
    }

    @Test
    void imagesAreDecodedInTheTaskThatReadsThem() {
        assertThat(vertices(2))
                .extracting(JobVertex::getName)
                .anyMatch(name -> name.startsWith("Source: images -> decode -> "));
    }

    @Test
    void noTaskReadsFromTwoOthersForBarriersThatOvertakeRecordsCanStopIt() {
        assertThat(vertices(2))
                .allSatisfy(vertex ->
                        assertThat(vertex.getInputs()).as(vertex.getName()).hasSizeLessThanOrEqualTo(1));
    }

    /** And in no other case is there anything of that kind: savepoints of learners of images know no such operator. */
    @Test
    void whereABackboneIsGivenImagesAreEmbeddedInTheTaskThatReadsThem(@TempDir Path dir) throws IOException {
        Path file = TinyVit.write(dir.resolve("tiny.safetensors"), 1);
        StreamGraph graph = graph(Map.of(
                "parallelism",
                "2",
                "kafka.bootstrap-servers",
                "127.0.0.1:9",
                "learner",
                "ncm",
                "image",
                "8x8x1",
                "backbone",
                file.toString()));
        assertThat(graph.getStreamNodes())
                .extracting(node -> String.valueOf(node.getTransformationUID()))
                .contains("images", "stream-key", "embed", "learner")
                .filteredOn(uid -> uid.endsWith(": Writer") || !uid.contains(":"))
                .contains("without-key", "embed-dead-letters", "dead-letters");
        assertThat(StreamSupport.stream(graph.getJobGraph().getVertices().spliterator(), false))
                .hasSize(2)
                .allSatisfy(vertex -> assertThat(vertex.getInputs()).hasSizeLessThanOrEqualTo(1))
                .extracting(JobVertex::getName)
                .anyMatch(name -> name.startsWith("Source: images -> decode -> (") && name.contains("embed -> "));
        assertThat(graph(2, "learner", "ncm").getStreamNodes())
                .extracting(node -> String.valueOf(node.getTransformationUID()))
                .noneMatch(uid -> uid.contains("embed"));
    }

    @Test
    void resultsAreWrittenByTheTasksThatMakeThem() {
        assertThat(vertices(2)).hasSize(2);
        assertThat(vertices(1)).hasSize(2);
        assertThat(vertices(1, "kafka.fast-topic", "fast")).hasSize(2);
    }
}
