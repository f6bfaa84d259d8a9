package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code flink run} shows where the cluster does not take the job. */
class SubmissionIT {
    @Test
    @Timeout(600)
    void checkpointsThatCannotBeWrittenAreSaidInOneLine(@TempDir Path dir) throws IOException {
        Path file = Files.createFile(dir.resolve("file"));
        Path below = file.resolve("below");
        Configuration configuration = LevitStreamJob.configuration(OptionCatalogue.read(Map.of()));
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY, below.toUri().toString());
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(configuration);
        env.fromSequence(0, 1).uid("numbers").sinkTo(new DiscardingSink<>()).uid("nothing");
        assertThatThrownBy(() -> LevitStreamJob.execute(env))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the cluster does not take the job: ")
                .hasMessageContaining(file.toString());
    }
}
