package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.schema.DeadLetter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.common.compress.Compression;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Records that are small on the wire and do not fit in memory: each is a dead letter, its neighbours are answered. */
@Timeout(600)
class BombIT {
    /** More than the memory of this process: one that just fits leaves no room for what its other threads do. */
    private static final int BOMB =
            (int) Math.min(2_000_000_000L, Runtime.getRuntime().maxMemory() / 10 * 11);

    private static EmbeddedKafka kafka;

    @TempDir
    private Path dir;

    @BeforeAll
    static void startKafka(@TempDir Path folder) throws Exception {
        kafka = EmbeddedKafka.start(folder, 0);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    private static byte[] image(int number) {
        return InputLife.image(number, Instant.now());
    }

    @Test
    void recordsLargerThanMemoryAreDeadLettersAndAllOthersAreAnswered() throws Exception {
        try (InputLife life = InputLife.begin(kafka, "bomb", dir)) {
            life.publish(0, 5);
            Compression zstd = Compression.zstd().build();
            int size = new HandmadeBatch(zstd)
                    .add(image(5))
                    .addZeros(BOMB)
                    .add(image(6))
                    .addZeros(BOMB)
                    .add(image(7))
                    .send(kafka.bootstrapServers(), life.images());
            assertThat(size).isLessThan(1 << 20);
            new HandmadeBatch(zstd).addZeros(BOMB).send(kafka.bootstrapServers(), life.images());
            new HandmadeBatch(Compression.gzip().build()).addZeros(BOMB).send(kafka.bootstrapServers(), life.images());
            life.publish(8, 12);
            try (EmbeddedJob job = life.startWithoutRestarts()) {
                life.follow(job, () -> life.hasAnswered(11) && life.letters().size() >= 4);
            }
            life.assertAnswered(IntStream.range(0, 12).boxed().toList());
            assertThat(life.letters().stream().map(DeadLetter::getOffset)).containsExactly(6L, 8L, 10L, 11L);
            assertThat(life.letters())
                    .allSatisfy(letter ->
                            assertThat(letter.getReason()).contains("message.bytes=16781313 must be at most 16781312"));
            assertThat(life.events()).isEmpty();
        }
    }

    @Test
    void manyRecordsOfTheLargestSizeInOneBatchFitInMemory() throws Exception {
        try (InputLife life = InputLife.begin(kafka, "large", dir)) {
            HandmadeBatch batch = new HandmadeBatch(Compression.zstd().build());
            for (int i = 0; i < 40; i++) {
                batch.addZeros(16 << 20);
            }
            assertThat(batch.add(image(0)).send(kafka.bootstrapServers(), life.images()))
                    .isLessThan(1 << 20);
            try (EmbeddedJob job = life.startWithoutRestarts()) {
                life.follow(job, () -> life.hasAnswered(0) && life.letters().size() >= 40);
            }
            assertThat(life.letters().stream().map(DeadLetter::getOffset))
                    .containsExactlyElementsOf(LongStream.range(0, 40).boxed().toList());
        }
    }
}
