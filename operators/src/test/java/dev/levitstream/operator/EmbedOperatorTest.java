package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.TokenShape;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.LearnerContractTest;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.backbone.Embedding;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.testing.TinyBackbone;
import dev.levitstream.testing.TinyLearners;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbedOperatorTest {
    private static final long WAIT = EmbedOperator.WAIT_MILLIS;

    @TempDir
    private Path dir;

    private static OperatorOptions options(BackboneFile file) {
        return Records.options(TinyBackbone.options("ncm", file), Flush.SIZE);
    }

    private OperatorOptions options(int batch) throws Exception {
        return options(TinyBackbone.inBlocks(Path.of(TinyBackbone.of(dir).path()), batch));
    }

    private static List<KeyedRecord> records(int count) {
        List<LabelledImage> images = LearnerContractTest.stream(1);
        return IntStream.range(0, count)
                .mapToObj(i -> Records.keyed("key " + i % 3, i, 10L * i, images.get(i)))
                .toList();
    }

    /** What a record goes on as: the same but for its pixels. */
    private static List<String> expected(OperatorOptions options, List<KeyedRecord> records) {
        try (Embedding embedding = Embedding.open(
                options.learner().own().backbone(),
                options.image(),
                (TokenShape) options.learner().input(),
                "cpu")) {
            return records.stream()
                    .map(record -> text(record, embedding.of(record.frame().pixels())))
                    .toList();
        }
    }

    private static String text(KeyedRecord record, byte[] pixels) {
        Frame frame = record.frame();
        return record.streamKey() + " " + record.source().offset() + " "
                + Arrays.hashCode(record.source().value()) + " " + frame.imageId() + " " + frame.eventTime() + " "
                + frame.label() + " " + Arrays.toString(pixels);
    }

    private static List<String> texts(List<KeyedRecord> records) {
        return records.stream()
                .map(record -> text(record, record.frame().pixels()))
                .toList();
    }

    @Test
    void aFullBlockGoesOnAtOnceAndTheRestAtTheEnd() throws Exception {
        OperatorOptions options = options(4);
        List<KeyedRecord> records = records(10);
        List<String> expected = expected(options, records);
        try (EmbedHarness harness = EmbedHarness.opened(options)) {
            List<String> found = new ArrayList<>();
            for (int i = 0; i < records.size(); i++) {
                harness.put(records.get(i));
                found.addAll(texts(harness.drain()));
                assertThat(found).isEqualTo(expected.subList(0, (i + 1) / 4 * 4));
            }
            harness.flink().endInput();
            found.addAll(texts(harness.drain()));
            assertThat(found).isEqualTo(expected);
            harness.flink().endInput();
            assertThat(harness.drain()).isEmpty();
        }
    }

    @Test
    void aRecordKeepsItsTimestampAndItsBytes() throws Exception {
        try (EmbedHarness harness = EmbedHarness.opened(options(2))) {
            List<KeyedRecord> records = records(2);
            harness.put(records.get(0));
            harness.put(records.get(1));
            List<StreamRecord<? extends KeyedRecord>> out = harness.flink().extractOutputStreamRecords();
            for (int i = 0; i < 2; i++) {
                SourceRecord source = records.get(i).source();
                assertThat(out.get(i).getTimestamp()).isEqualTo(source.timestamp());
                assertThat(out.get(i).getValue().source())
                        .usingRecursiveComparison()
                        .isEqualTo(source);
            }
        }
    }

    @Test
    void anImageWaitsForOthersAMomentOnly() throws Exception {
        try (EmbedHarness harness = EmbedHarness.opened(options(4))) {
            List<KeyedRecord> records = records(8);
            harness.flink().setProcessingTime(100);
            harness.put(records.get(0));
            harness.flink().setProcessingTime(100 + WAIT - 1);
            harness.put(records.get(1));
            assertThat(harness.drain()).isEmpty();
            harness.flink().setProcessingTime(100 + WAIT);
            assertThat(harness.drain()).as("the first has waited").hasSize(2);

            harness.put(records.get(2));
            harness.flink().setProcessingTime(100 + WAIT + 2);
            harness.put(records.get(3));
            harness.put(records.get(4));
            harness.put(records.get(5));
            assertThat(harness.drain()).as("the block is full").hasSize(4);
            assertThat(harness.flink().getProcessingTimeService().getNumActiveTimers())
                    .isZero();
            harness.put(records.get(6));
            harness.flink().setProcessingTime(100 + 2 * WAIT);
            assertThat(harness.drain())
                    .as("another block's time is not its own")
                    .isEmpty();
            harness.flink().setProcessingTime(100 + 2 * WAIT + 2);
            assertThat(harness.drain()).hasSize(1);
            harness.flink().setProcessingTime(1000);
            assertThat(harness.drain()).isEmpty();
        }
    }

    @Test
    void withoutBlocksNoImageWaits() throws Exception {
        try (EmbedHarness harness = EmbedHarness.opened(options(1))) {
            for (KeyedRecord record : records(3)) {
                harness.put(record);
                assertThat(harness.drain()).hasSize(1);
                assertThat(harness.flink().getProcessingTimeService().getNumActiveTimers())
                        .isZero();
            }
        }
    }

    @Test
    void noImageWaitsWhileABarrierOrAWatermarkPassesOrTheTaskEnds() throws Exception {
        List<KeyedRecord> records = records(3);
        try (EmbedHarness harness = EmbedHarness.opened(options(4))) {
            records.forEach(record -> put(harness, record));
            harness.flink().prepareSnapshotPreBarrier(1);
            assertThat(harness.drain()).hasSize(3);

            records.forEach(record -> put(harness, record));
            harness.flink().processWatermark(7);
            assertThat(List.copyOf(harness.flink().getOutput()))
                    .hasSize(4)
                    .last()
                    .isEqualTo(new Watermark(7));
            harness.flink().getOutput().clear();

            records.forEach(record -> put(harness, record));
            harness.flink().processWatermarkStatus(WatermarkStatus.IDLE);
            assertThat(List.copyOf(harness.flink().getOutput()))
                    .hasSize(4)
                    .last()
                    .isEqualTo(WatermarkStatus.IDLE);
            harness.flink().getOutput().clear();

            records.forEach(record -> put(harness, record));
            ((EmbedOperator) harness.flink().getOneInputOperator()).finish();
            assertThat(harness.drain()).hasSize(3);
        }
    }

    private static void put(EmbedHarness harness, KeyedRecord record) {
        try {
            harness.put(record);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 10);
    }

    /** However records, time, barriers and watermarks follow each other. */
    @ParameterizedTest
    @MethodSource("seeds")
    void noImageIsLostAndNoneOvertakesAnotherAndNoBitDependsOnItsBlock(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        OperatorOptions options = options(1 + random.nextInt(9));
        List<KeyedRecord> records = records(60);
        List<String> found = new ArrayList<>();
        try (EmbedHarness harness = EmbedHarness.opened(options)) {
            for (KeyedRecord record : records) {
                harness.put(record);
                switch (random.nextInt(8)) {
                    case 0 -> harness.flink().prepareSnapshotPreBarrier(1);
                    case 1 -> harness.flink().processWatermark(record.frame().eventTime());
                    case 2, 3 ->
                        harness.flink()
                                .setProcessingTime(harness.flink().getProcessingTime() + random.nextLong(2 * WAIT));
                    default -> {}
                }
            }
            harness.flink().endInput();
            found.addAll(texts(harness.drain()));
        }
        assertThat(found).isEqualTo(expected(options, records));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 4})
    void anImageThatCannotBeEmbeddedIsADeadLetterAndTheOthersOfItsBlockGoOn(int at) throws Exception {
        OperatorOptions options = options(TinyBackbone.failingOnBlack(dir, 4));
        List<KeyedRecord> records = new ArrayList<>(records(6));
        KeyedRecord black = Records.keyed("key", at, 10L * at, Records.black());
        records.set(at, black);
        try (EmbedHarness harness = EmbedHarness.opened(options)) {
            records.forEach(record -> put(harness, record));
            harness.flink().endInput();
            List<KeyedRecord> good = new ArrayList<>(records);
            good.remove(at);
            assertThat(texts(harness.drain())).isEqualTo(expected(options, good));
            assertThat(harness.letters()).singleElement().satisfies(letter -> {
                assertThat(letter.getReason()).isEqualTo("image=8x8x1 gives values that are not finite");
                assertThat(letter)
                        .extracting(DeadLetter::getTopic, DeadLetter::getPartition, DeadLetter::getOffset)
                        .containsExactly("images", 0, (long) at);
                assertThat(letter.getTimestamp().toEpochMilli())
                        .isEqualTo(black.source().timestamp());
                assertThat(Records.original(letter)).isEqualTo(black.source().value());
            });
        }
    }

    @Test
    void allThatIsEmbeddedIsCounted() throws Exception {
        RecordedMetrics metrics = new RecordedMetrics();
        try (MockEnvironment process = new MockEnvironmentBuilder()
                        .setMetricGroup(metrics.task())
                        .build();
                EmbedHarness harness = new EmbedHarness(options(TinyBackbone.failingOnBlack(dir, 3)), process)) {
            harness.flink().open();
            records(4).forEach(record -> put(harness, record));
            harness.put(Records.keyed("key", 4, 40, Records.black()));
            harness.flink().endInput();
        }
        assertThat(metrics.count("images.embedded.count")).isEqualTo(4);
        assertThat(metrics.count("dead-letters.count")).isEqualTo(1);
        assertThat(metrics.count("dead-letters.by-part.count embedding")).isEqualTo(1);
        assertThat(metrics.histogram("block.images").getStatistics().getValues())
                .containsExactlyInAnyOrder(3, 2);
        Histogram micros = metrics.histogram("embed.micros");
        assertThat(micros.getCount()).isEqualTo(2);
        assertThat(micros.getStatistics().getMax()).isBetween(1L, 10_000_000L);
    }

    /** The second and third find no file any more; only the last to go closes what the first has opened. */
    @Test
    void subtasksOfAProcessShareOneBackbone() throws Exception {
        OperatorOptions options = options(3);
        List<KeyedRecord> records = records(3);
        List<String> expected = expected(options, records);
        try (MockEnvironment process = EmbedHarness.environment()) {
            EmbedHarness first = new EmbedHarness(options, process);
            first.flink().open();
            Files.delete(Path.of(options.learner().own().backbone().path()));
            EmbedHarness second = new EmbedHarness(options, process);
            second.flink().open();
            first.close();
            EmbedHarness third = new EmbedHarness(options, process);
            third.flink().open();
            second.close();
            records.forEach(record -> put(third, record));
            assertThat(texts(third.drain())).isEqualTo(expected);
            third.close();
            EmbedHarness late = new EmbedHarness(options, process);
            assertThatThrownBy(() -> late.flink().open())
                    .as("it was closed")
                    .isInstanceOf(SuppressRestartsException.class);
            late.close();
        }
    }

    @Test
    void subtasksThatWantOtherThingsShareNothing() throws Exception {
        OperatorOptions one = options(3);
        OperatorOptions other = options(1);
        try (MockEnvironment process = EmbedHarness.environment()) {
            try (EmbedHarness first = new EmbedHarness(one, process);
                    EmbedHarness second = new EmbedHarness(other, process)) {
                first.flink().open();
                second.flink().open();
                first.put(records(1).get(0));
                second.put(records(1).get(0));
                assertThat(first.drain()).isEmpty();
                assertThat(second.drain()).hasSize(1);
            }
        }
    }

    @Test
    void aFileThatIsMissingHereOrAnotherEndsTheJobBeforeAnyImage() throws Exception {
        Path path = dir.resolve("elsewhere.pt");
        BackboneFile started = TinyBackbone.file(path, "return torch.flatten(x, 1)");
        BackboneFile other = TinyBackbone.file(path, "return torch.flatten(torch.square(x), 1)");
        refusesToOpen(started, "backbone=" + path + " has SHA-256 " + other.sha256() + ", must have ");
        Files.delete(path);
        refusesToOpen(started, "backbone=" + path + " cannot be read: no such file");
    }

    private static void refusesToOpen(BackboneFile file, String message) throws Exception {
        try (MockEnvironment process = EmbedHarness.environment();
                EmbedHarness harness = new EmbedHarness(options(file), process)) {
            assertThatThrownBy(() -> harness.flink().open())
                    .isInstanceOf(SuppressRestartsException.class)
                    .cause()
                    .hasMessageStartingWith(message)
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void learnersOfImagesNeedNone() {
        OperatorOptions options = Records.options(TinyLearners.options("ncm"), Flush.SIZE);
        assertThat(EmbedOperatorFactory.isNeeded(options)).isFalse();
        assertThatThrownBy(() -> new EmbedOperatorFactory(options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("input=8x8x1 must be tokens");
    }
}
