package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.schema.EventKind;
import java.io.IOException;
import java.time.Instant;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ResumptionTest {
    private static final TopicPartition PARTITION = new TopicPartition("images", 3);
    private static final Uuid TOPIC = new Uuid(1, 2);
    private static final Uuid OTHER = new Uuid(3, 4);
    private static final Extent EXTENT = new Extent(TOPIC, 10, 20);

    private static Resumption resume(OffsetReset reset, Uuid topic, long offset) {
        return Resumption.of(reset, PARTITION, new Position(topic, offset), EXTENT, Instant.EPOCH);
    }

    @ParameterizedTest
    @EnumSource
    void aPositionThatCanBeReadIsGoneOnAt(OffsetReset reset) {
        for (Uuid known : new Uuid[] {TOPIC, Uuid.ZERO_UUID}) {
            for (long offset = 10; offset <= 20; offset++) {
                Resumption resumption = resume(reset, known, offset);
                assertThat(resumption.position()).isEqualTo(new Position(TOPIC, offset));
                assertThat(resumption.event()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"EARLIEST,-2,10", "LATEST,-2,10", "FAIL,-2,10", "EARLIEST,-3,10", "LATEST,-3,20", "FAIL,-3,10"})
    void whatWasNeverReadBeginsWithoutAGap(OffsetReset reset, long mark, long offset) {
        Resumption resumption = resume(reset, Uuid.ZERO_UUID, mark);
        assertThat(resumption.position()).isEqualTo(new Position(TOPIC, offset));
        assertThat(resumption.event()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"EARLIEST,9,10,9,1", "EARLIEST,0,10,0,10", "LATEST,9,20,9,11"})
    void whatWasDeletedIsCounted(OffsetReset reset, long offset, long resumed, long first, long count) {
        Resumption resumption = resume(reset, TOPIC, offset);
        assertThat(resumption.position().offset()).isEqualTo(resumed);
        assertThat(resumption.event()).get().satisfies(event -> {
            assertThat(event.getKind()).isEqualTo(EventKind.IMAGES_SKIPPED);
            assertThat(event.getPartition()).isEqualTo(3);
            assertThat(event.getOffset()).isEqualTo(first);
            assertThat(event.getCount()).isEqualTo(count);
        });
    }

    @ParameterizedTest
    @CsvSource({"EARLIEST,15,10", "EARLIEST,5,10", "LATEST,15,20", "EARLIEST,21,10", "LATEST,21,20"})
    void ofAnotherTopicAllIsUnread(OffsetReset reset, long offset, long resumed) {
        Uuid known = offset > EXTENT.end() ? TOPIC : OTHER; // behind the end: another topic whatever the id
        Resumption resumption = resume(reset, known, offset);
        assertThat(resumption.position()).isEqualTo(new Position(TOPIC, resumed));
        assertThat(resumption.event()).get().satisfies(event -> {
            assertThat(event.getKind()).isEqualTo(EventKind.TOPIC_REPLACED);
            assertThat(event.getOffset()).isZero();
            assertThat(event.getCount()).isEqualTo(resumed);
        });
    }

    @Test
    void failRefusesBothAndSaysWhatToDo() {
        assertThatThrownBy(() -> resume(OffsetReset.FAIL, TOPIC, 9))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessage(
                        "kafka.offset-reset=fail topic=images partition=3 offset=9 was deleted before it was read, the"
                                + " oldest left is 10; to go on from the checkpoint all the same, set kafka.offset-reset to"
                                + " earliest (at 10, 1 offsets are skipped) or latest (at 20, 11 are)");
        assertThatThrownBy(() -> resume(OffsetReset.FAIL, OTHER, 15))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("topicId=" + TOPIC + " was " + OTHER);
    }

    @Test
    void aSplitKeepsItsTopicThroughACheckpoint() throws IOException {
        ImageSplit.Serializer serializer = new ImageSplit.Serializer();
        ImageSplit.State state = new ImageSplit.State(new KafkaPartitionSplit(PARTITION, 5));
        state.moveTo(new Position(TOPIC, 7));
        KafkaPartitionSplit restored =
                serializer.deserialize(serializer.getVersion(), serializer.serialize(state.toKafkaPartitionSplit()));
        assertThat(restored.getTopicPartition()).isEqualTo(PARTITION);
        assertThat(ImageSplit.position(restored)).isEqualTo(new Position(TOPIC, 7));
        assertThat(ImageSplit.position(new ImageSplit.State(restored).toKafkaPartitionSplit()))
                .isEqualTo(new Position(TOPIC, 7));
    }

    @Test
    void aSplitOfTheConnectorsOwnCheckpointsIsRead() throws IOException {
        byte[] bytes = new KafkaPartitionSplitSerializer().serialize(new KafkaPartitionSplit(PARTITION, 5));
        KafkaPartitionSplit restored = new ImageSplit.Serializer().deserialize(0, bytes);
        assertThat(ImageSplit.position(restored)).isEqualTo(new Position(Uuid.ZERO_UUID, 5));
        assertThatThrownBy(() -> new ImageSplit.Serializer().deserialize(2, bytes))
                .hasMessageContaining("version=2 of a split must be at most 1");
    }
}
