package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.schema.EventKind;
import dev.levitstream.schema.StreamEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that are gone before they are read: what is left is answered once, and the gap is told once. */
@Timeout(600)
class GapsIT {
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

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private static List<Integer> both(List<Integer> first, List<Integer> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private static void assertSkipped(StreamEvent event, long offset, long count) {
        assertThat(event.getKind()).isEqualTo(EventKind.IMAGES_SKIPPED);
        assertThat(event.getPartition()).isZero();
        assertThat(event.getOffset()).isEqualTo(offset);
        assertThat(event.getCount()).isEqualTo(count);
        assertThat(event.getReason())
                .contains("offset=" + offset + " was deleted before it was read")
                .contains("goes on at " + (offset + count));
    }

    @Test
    void imagesThatRetentionDeletedWhileTheJobWasDownAreToldOnce() throws Exception {
        try (InputLife life = InputLife.begin(kafka, "retention", dir)) {
            life.publish(0, 30);
            life.runUntil(() -> life.hasAnswered(29));
            life.publish(30, 60);
            life.deleteBefore(40);
            life.runUntil(() -> life.hasAnswered(59));
            life.publish(60, 70);
            life.runUntil(() -> life.hasAnswered(69));
            life.assertAnswered(both(numbers(0, 30), numbers(40, 70)));
            assertThat(life.events()).singleElement().satisfies(event -> assertSkipped(event, 30, 10));
        }
    }

    @Test
    void whereEverythingWasDeletedTheGapIsToldBeforeAnImageComes() throws Exception {
        try (InputLife life = InputLife.begin(kafka, "emptied", dir)) {
            life.publish(0, 10);
            life.runUntil(() -> life.hasAnswered(9));
            life.publish(10, 20);
            life.deleteBefore(20);
            life.runUntil(() -> !life.events().isEmpty());
            life.runUntil(Map.of("kafka.offset-reset", "fail"), () -> true); // the checkpoint knows of the gap
            assertThat(life.events()).singleElement().satisfies(event -> assertSkipped(event, 10, 10));
        }
    }

    @Test
    void failEndsTheJobBeforeAnythingBehindTheGapAndLatestSkipsToTheEnd() throws Exception {
        try (InputLife life = InputLife.begin(kafka, "refused", dir)) {
            life.publish(0, 10);
            life.runUntil(() -> life.hasAnswered(9));
            life.publish(10, 30);
            life.deleteBefore(20);
            try (EmbeddedJob job = life.start(Map.of("kafka.offset-reset", "fail"))) {
                assertThatThrownBy(job::await)
                        .rootCause()
                        .hasMessage("kafka.offset-reset=fail topic=refused-images partition=0 offset=10 was deleted"
                                + " before it was read, the oldest left is 20; to go on from the checkpoint all the"
                                + " same, set kafka.offset-reset to earliest (at 20, 10 offsets are skipped) or latest"
                                + " (at 30, 20 are)");
            }
            life.read();
            life.assertAnswered(numbers(0, 10));
            try (EmbeddedJob job = life.start(Map.of("kafka.offset-reset", "latest"))) {
                life.follow(job, () -> !life.events().isEmpty());
                life.publish(30, 40);
                life.follow(job, () -> life.hasAnswered(39));
            }
            life.assertAnswered(both(numbers(0, 10), numbers(30, 40)));
            assertThat(life.events()).singleElement().satisfies(event -> assertSkipped(event, 10, 20));
        }
    }

    @ParameterizedTest(name = "{0} images before, 20 after")
    @ValueSource(ints = {30, 5})
    void ofATopicMadeAnewEveryImageIsAnswered(int before) throws Exception {
        try (InputLife life = InputLife.begin(kafka, "replaced-" + before, dir)) {
            life.publish(0, before);
            life.runUntil(() -> life.hasAnswered(before - 1));
            life.replaceImages();
            life.publish(100, 120);
            try (EmbeddedJob job = life.start(Map.of("kafka.offset-reset", "fail"))) {
                assertThatThrownBy(job::await)
                        .rootCause()
                        .hasMessageContaining("the topic was made anew after offset " + before + " of the old one");
            }
            life.runUntil(() -> life.hasAnswered(119));
            life.publish(120, 125);
            life.runUntil(() -> life.hasAnswered(124));
            life.assertAnswered(both(numbers(0, before), numbers(100, 125)));
            assertThat(life.events()).singleElement().satisfies(event -> {
                assertThat(event.getKind()).isEqualTo(EventKind.TOPIC_REPLACED);
                assertThat(event.getOffset()).isZero();
                assertThat(event.getCount()).isZero();
                assertThat(event.getReason()).contains("made anew after offset " + before + " of the old one");
            });
        }
    }

    @Test
    void whatAbortedTransactionsLeaveIsNoGapEvenAfterItWasDeleted() throws Exception {
        try (InputLife life = InputLife.begin(kafka, "aborted", dir)) {
            try (KafkaProducer<byte[], byte[]> producer = life.producer(Map.of("transactional.id", "cameras"))) {
                producer.initTransactions();
                for (int i = 0; i < 10; i++) {
                    producer.beginTransaction();
                    life.send(producer, 1000 + i, 1003 + i);
                    producer.flush(); // else they never leave
                    producer.abortTransaction();
                    producer.beginTransaction();
                    life.send(producer, 2 * i, 2 * i + 2);
                    producer.commitTransaction();
                }
                producer.beginTransaction();
                life.send(producer, 2000, 2003);
                producer.flush();
                producer.abortTransaction();
            }
            // 10 x (3 images, abort, 2 images, commit), 3 images, abort
            life.runUntil(() -> life.hasAnswered(19) && life.committed() == 74);
            life.deleteBefore(74);
            life.publish(20, 30);
            life.runUntil(Map.of("kafka.offset-reset", "fail"), () -> life.hasAnswered(29));
            life.assertAnswered(numbers(0, 30));
            assertThat(life.events()).isEmpty();
        }
    }

    @Test
    void aGroupThatComesBackWithoutStateIsToldWhatItMissed() throws Exception {
        try (InputLife life = InputLife.begin(kafka, "group", dir)) {
            life.publish(0, 10);
            life.runUntil(() -> life.hasAnswered(9) && life.committed() == 10);
            life.publish(10, 30);
            life.deleteBefore(20);
            try (InputLife again = new InputLife(kafka, "group", dir.resolve("other"))) {
                again.runUntil(() -> again.hasAnswered(29));
                again.assertAnswered(both(numbers(0, 10), numbers(20, 30)));
                assertThat(again.events()).singleElement().satisfies(event -> assertSkipped(event, 10, 10));
            }
        }
    }
}
