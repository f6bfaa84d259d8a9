package dev.levitstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.job.JobOptions;
import dev.levitstream.job.OptionCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cluster in this process that can run its job no more, which Flink itself says to nobody. */
class EmbeddedJobIT {
    private static final CountDownLatch HANGS = new CountDownLatch(1);
    private static final CountDownLatch OVER = new CountDownLatch(1);

    @Test
    @Timeout(600)
    void aTaskManagerThatEndsByAFatalErrorEndsTheJobWithItsCause(@TempDir Path dir) throws Exception {
        JobOptions options = OptionCatalogue.read(Map.of("parallelism", "1"));
        try (EmbeddedJob job = EmbeddedJob.start(options, dir, EmbeddedKafka.freePort(), env -> {
            env.getConfig().setTaskCancellationTimeout(1000);
            env.fromSequence(0, Long.MAX_VALUE - 1)
                    .uid("numbers")
                    .map(EmbeddedJobIT::failing)
                    .uid("failing")
                    .disableChaining()
                    .sinkTo(new Hanging())
                    .uid("hanging");
        })) {
            assertThatThrownBy(job::await)
                    .isInstanceOf(ExecutionException.class)
                    .satisfies(e -> assertThat(OneLine.of(e))
                            .isEqualTo("the job can run no more, its task manager has ended after: IOException: number"
                                    + " 10 is one too many; started again it goes on from its last checkpoint"));
            OVER.countDown(); // so that the cluster can be closed
            assertThatThrownBy(job::hasEnded).hasStackTraceContaining("the job can run no more");
        }
    }

    @Test
    @Timeout(600)
    void checkpointsThatCannotBeWrittenAreSaidInOneLine(@TempDir Path dir) throws IOException {
        JobOptions options = OptionCatalogue.read(Map.of());
        Path file = Files.createFile(dir.resolve("file"));
        Path below = file.resolve("below");
        assertThatThrownBy(() -> EmbeddedJob.start(
                        options,
                        below,
                        EmbeddedKafka.freePort(),
                        env -> env.fromSequence(0, 1)
                                .uid("numbers")
                                .sinkTo(new Hanging())
                                .uid("hanging")))
                .satisfies(e -> assertThat(OneLine.of(e)).isEqualTo(file + " exists already, as no folder"));
    }

    private static long failing(long number) throws IOException, InterruptedException {
        if (number == 10) {
            HANGS.await();
            throw new IOException("number 10 is one too many");
        }
        return number;
    }

    /** Hangs, and does not heed that its task is cancelled: Flink ends the whole task manager for that. */
    private record Hanging() implements Sink<Long> {
        @Override
        public SinkWriter<Long> createWriter(WriterInitContext context) {
            return new SinkWriter<>() {
                @Override
                public void write(Long element, Context context) {
                    HANGS.countDown();
                    boolean hanging = true;
                    while (hanging) {
                        try {
                            OVER.await();
                            hanging = false;
                        } catch (InterruptedException e) {
                            hanging = true;
                        }
                    }
                }

                @Override
                public void flush(boolean endOfInput) {
                    // nothing was taken
                }

                @Override
                public void close() {
                    // nothing is open
                }
            };
        }
    }
}
