package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.ImageShape;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.WireFormat;
import dev.levitstream.testing.TinyLearners;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;

/**
 * Hostile input: nothing fails, nothing vanishes, none wakes a learner, each letter says why and holds the original
 * bytes.
 */
class FuzzTest {
    private static final int INPUTS = 100_000;
    private static final ImageShape SHAPE = TinyLearners.SHAPE;

    private final SplittableRandom random = new SplittableRandom(42);
    private final byte[] png = picture("png");
    private final byte[] jpeg = picture("jpeg");

    private static byte[] picture(String format) {
        BufferedImage image = new BufferedImage(SHAPE.width(), SHAPE.height(), BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(2, 3, 0, 200);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] record(ImageShape shape, Encoding encoding, byte[] bytes) {
        return Records.bytes("key", "id", 5, shape, encoding, bytes, "label");
    }

    private byte[] noise(int most) {
        byte[] bytes = new byte[random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** One hostile input; every kind is certain to be unusable. */
    private byte[] hostile(int kind) {
        byte[] good = record(SHAPE, Encoding.RAW, new byte[64]);
        return switch (kind) {
            case 0 -> Arrays.copyOf(good, random.nextInt(good.length)); // truncated
            case 1 -> noise(300); // foreign
            case 2 -> Arrays.copyOf(good, good.length + 1 + random.nextInt(5)); // bytes left over
            case 3 -> record(SHAPE, Encoding.RAW, noise(64)); // too few pixels
            case 4 ->
                record(new ImageShape(1 + random.nextInt(7), 1 + random.nextInt(90), 2), Encoding.RAW, new byte[64]);
            case 5 -> record(SHAPE, Encoding.UNKNOWN, new byte[64]);
            case 6 -> hugeLength(good);
            case 7 -> record(SHAPE, Encoding.PNG, Arrays.copyOf(png, random.nextInt(png.length - 30)));
            case 8 -> record(SHAPE, Encoding.PNG, declaredSize());
            case 9 -> record(SHAPE, Encoding.JPEG, Arrays.copyOf(jpeg, random.nextInt(100)));
            case 10 -> record(SHAPE, Encoding.JPEG, noise(400));
            case 11 -> Records.bytes("", "id", 5, SHAPE, Encoding.RAW, new byte[64], null);
            case 12 -> Records.bytes("key", "x".repeat(257), 5, SHAPE, Encoding.RAW, new byte[64], null);
            default -> flippedHeader(good);
        };
    }

    /** Declares almost 2 GiB of image bytes. */
    private static byte[] hugeLength(byte[] good) {
        byte[] start = Arrays.copyOf(good, good.length - 64 - 2 - 7);
        ByteBuffer huge = ByteBuffer.allocate(start.length + 5);
        huge.put(start).put(new byte[] {(byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F});
        return huge.array();
    }

    /** A PNG whose header declares another, up to enormous, size. */
    private byte[] declaredSize() {
        byte[] bomb = png.clone();
        ByteBuffer.wrap(bomb).putInt(16, 9 + random.nextInt(Integer.MAX_VALUE - 9));
        ByteBuffer.wrap(bomb).putInt(20, 9 + random.nextInt(Integer.MAX_VALUE - 9));
        return bomb;
    }

    private byte[] flippedHeader(byte[] good) {
        byte[] flipped = good.clone();
        flipped[random.nextInt(10)] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }

    @Test
    void aHundredThousandHostileInputsEachBecomeADeadLetterWithItsReason() throws Exception {
        Map<Integer, Integer> letters = new HashMap<>();
        OperatorOptions options = Records.options(TinyLearners.options("er"), Flush.SIZE);
        try (OneInputStreamOperatorTestHarness<ReceivedRecord, KeyedRecord> reader =
                ProcessFunctionTestHarnesses.forProcessFunction(new FrameReader(InputFormat.AVRO, options))) {
            for (int i = 0; i < INPUTS; i++) {
                int kind = i % 14;
                SourceRecord source = Records.source(i, hostile(kind));
                reader.processElement(new StreamRecord<>(ReceivedRecord.of(source), i));
                DeadLetter letter = only(reader.getSideOutput(Outputs.DEAD_LETTERS));
                assertThat(letter.getOffset()).isEqualTo(i);
                assertThat(letter.getReason()).as("kind " + kind).startsWith("topic images: ");
                assertThat(Records.original(letter)).isEqualTo(source.value());
                letters.merge(kind, 1, Integer::sum);
            }
            assertThat(reader.extractOutputValues()).isEmpty();
        }
        assertThat(letters.values()).allMatch(count -> count >= INPUTS / 14);
        assertThat(letters).hasSize(14);
    }

    @Test
    void aRecordTooLargeForAnyLetterIsReportedWithItsBeginning() {
        byte[] value = new byte[WireFormat.MAX_MESSAGE_BYTES + 1];
        DeadLetter letter = Outputs.deadLetter(Records.source(3, value), "too large");
        assertThat(Records.original(letter)).hasSize(WireFormat.MAX_MESSAGE_BYTES);
        assertThat(letter.getLength()).isEqualTo(value.length);
        assertThat(letter.getReason()).isEqualTo("too large");
    }

    private static DeadLetter only(Queue<StreamRecord<DeadLetter>> letters) {
        assertThat(letters).as("one letter per input").hasSize(1);
        return letters.remove().getValue();
    }
}
