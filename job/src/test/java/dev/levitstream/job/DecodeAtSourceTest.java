package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.operator.FrameReader;
import dev.levitstream.operator.InputFormat;
import dev.levitstream.operator.KeyedRecord;
import dev.levitstream.operator.Outputs;
import dev.levitstream.operator.ReceivedRecord;
import dev.levitstream.operator.SourceRecord;
import dev.levitstream.schema.DeadLetter;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two tasks decode and two take the images of their keys: those of a key come in the order of their partition. */
class DecodeAtSourceTest {
    private static final int RECORDS = 600;

    /** Pictures of very different sizes in turn; every seventh is none; each reader has two keys of its own. */
    private static ReceivedRecord record(long number) throws IOException {
        String key = (number < RECORDS / 2 ? "left " : "right ") + number % 2;
        int side = number % 3 == 0 ? 300 : 8;
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, (int) number);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        byte[] value = number % 7 == 0 ? new byte[] {1, 2, 3} : bytes.toByteArray();
        SourceRecord source = new SourceRecord("images", 0, number, 1_700_000_000_000L + number, value);
        return new ReceivedRecord(source, key.getBytes(StandardCharsets.UTF_8), null, null, null);
    }

    @Test
    @Timeout(120)
    void imagesOfAKeyKeepTheOrderOfTheirPartition() throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        JobOptions options = OptionCatalogue.read(Map.of("image", "8x8x1"));
        List<KeyedRecord> images = new ArrayList<>();
        List<DeadLetter> letters = new ArrayList<>();
        try (StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, configuration)) {
            SingleOutputStreamOperator<KeyedRecord> decoded = env.fromSource(
                            new DataGeneratorSource<>(
                                    DecodeAtSourceTest::record, RECORDS, TypeInformation.of(ReceivedRecord.class)),
                            WatermarkStrategy.noWatermarks(),
                            "images")
                    .process(new FrameReader(InputFormat.IMAGE, options.operator()));
            try (CloseableIterator<KeyedRecord> arrived = decoded.keyBy(
                                    KeyedRecord::streamKey, BasicTypeInfo.STRING_TYPE_INFO)
                            .map(new AsItIs())
                            .collectAsync();
                    CloseableIterator<DeadLetter> refused =
                            decoded.getSideOutput(Outputs.DEAD_LETTERS).collectAsync()) {
                env.execute();
                arrived.forEachRemaining(images::add);
                refused.forEachRemaining(letters::add);
            }
        }
        Map<String, List<Long>> offsets = images.stream()
                .collect(Collectors.groupingBy(
                        KeyedRecord::streamKey,
                        Collectors.mapping(keyed -> keyed.source().offset(), Collectors.toList())));
        assertThat(offsets).hasSize(4);
        assertThat(offsets.values()).allSatisfy(ofKey -> assertThat(ofKey).isSorted());
        assertThat(images)
                .hasSize(RECORDS - letters.size())
                .allSatisfy(keyed -> assertThat(keyed.frame().pixels()).hasSize(64));
        assertThat(letters)
                .extracting(DeadLetter::getOffset)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, RECORDS)
                        .filter(number -> number % 7 == 0)
                        .mapToObj(number -> (long) number)
                        .toList());
    }

    /** Runs in the tasks of the keys. */
    private static final class AsItIs implements MapFunction<KeyedRecord, KeyedRecord> {
        private static final long serialVersionUID = 1L;

        @Override
        public KeyedRecord map(KeyedRecord keyed) {
            return keyed;
        }
    }
}
