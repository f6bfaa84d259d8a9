package dev.levitstream.operator;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Routed;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.WireFormat;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it takes to read an image from a record and to make a record of its prediction. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MessageBenchmark {
    private static final ImageShape GREY = new ImageShape(28, 28, 1);
    private static final ImageShape COLOUR = new ImageShape(32, 32, 3);
    private static final int CLASSES = 10;

    private final SplittableRandom random = new SplittableRandom(1);
    private final FrameDecoder greyDecoder = new FrameDecoder(GREY, Records.ANY_TIME, Records.EXACT);
    private final FrameDecoder colourDecoder = new FrameDecoder(COLOUR, Records.ANY_TIME, Records.EXACT);
    private final SourceRecord raw = record(GREY, Encoding.RAW, pixels(GREY));
    private final SourceRecord png = record(COLOUR, Encoding.PNG, picture("png"));
    private final SourceRecord jpeg = record(COLOUR, Encoding.JPEG, picture("jpeg"));
    private final WireFormat<Prediction> predictions = new WireFormat<>(Prediction.getClassSchema());
    private final Frame frame = Records.frame(greyDecoder, raw);
    private final ImagePrediction answer = new ImagePrediction(
            IntStream.range(0, CLASSES).mapToObj(k -> "label-" + k).toList(),
            new float[CLASSES],
            5,
            Optional.of(new Routed(1, 20, 25)),
            Optional.empty());

    private static SourceRecord record(ImageShape shape, Encoding encoding, byte[] content) {
        return Records.source(0, Records.bytes("camera-1", "image-1", 0, shape, encoding, content, "label-1"));
    }

    private byte[] pixels(ImageShape shape) {
        byte[] pixels = new byte[shape.size()];
        random.nextBytes(pixels);
        return pixels;
    }

    private byte[] picture(String format) {
        BufferedImage picture = new BufferedImage(COLOUR.width(), COLOUR.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < COLOUR.height(); y++) {
            for (int x = 0; x < COLOUR.width(); x++) {
                picture.setRGB(x, y, random.nextInt());
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, format, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** A record of 28x28 raw bytes. */
    @Benchmark
    public Object rawRecordDecoded() {
        return Records.frame(greyDecoder, raw);
    }

    /** A record of a 32x32 colour picture. */
    @Benchmark
    public Object pngRecordDecoded() {
        return Records.frame(colourDecoder, png);
    }

    /** The same as JPEG. */
    @Benchmark
    public Object jpegRecordDecoded() {
        return Records.frame(colourDecoder, jpeg);
    }

    /** The bytes of a prediction with ten classes. */
    @Benchmark
    public byte[] predictionEncoded() {
        return predictions.frame(Outputs.prediction("camera-1", frame, answer, CLASSES));
    }
}
