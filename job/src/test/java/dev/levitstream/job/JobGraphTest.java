package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

/** What the graph is made of. */
class JobGraphTest {
    private static List<JobVertex> vertices(int parallelism) {
        return vertices(parallelism, "kafka.fast-topic", "");
    }

    private static List<JobVertex> vertices(int parallelism, String key, String value) {
        JobOptions options = OptionCatalogue.read(Map.of(
                "parallelism", Integer.toString(parallelism), "kafka.bootstrap-servers", "127.0.0.1:9", key, value));
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(LevitStreamJob.configuration(options));
        LevitStreamJob.buildOnKafka(env, options);
        return StreamSupport.stream(
                        env.getStreamGraph().getJobGraph().getVertices().spliterator(), false)
                .toList();
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
