package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.junit.jupiter.api.Test;

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
        JobOptions options = OptionCatalogue.read(Map.of(
                "parallelism", Integer.toString(parallelism), "kafka.bootstrap-servers", "127.0.0.1:9", key, value));
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

    @Test
    void resultsAreWrittenByTheTasksThatMakeThem() {
        assertThat(vertices(2)).hasSize(2);
        assertThat(vertices(1)).hasSize(2);
        assertThat(vertices(1, "kafka.fast-topic", "fast")).hasSize(2);
    }
}
