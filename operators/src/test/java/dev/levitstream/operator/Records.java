package dev.levitstream.operator;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.picture.Fit;
import dev.levitstream.picture.PictureOptions;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.WireFormat;
import dev.levitstream.testing.TinyLearners;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** Records and harnesses of the operator tests. */
final class Records {
    static final String TOPIC = "images";

    private static final WireFormat<ImageRecord> FORMAT = new WireFormat<>(ImageRecord.getClassSchema());

    /** Times of test records count from 1970. */
    static final EventTimeOptions ANY_TIME = new EventTimeOptions(Instant.EPOCH, 86_400_000);

    static final PictureOptions EXACT = PictureOptions.DEFAULT.with(Fit.EXACT);

    private Records() {}

    static byte[] bytes(
            String key,
            String id,
            long time,
            ImageShape shape,
            Encoding encoding,
            byte[] bytes,
            @Nullable Object label) {
        return FORMAT.frame(new ImageRecord(
                key,
                id,
                Instant.ofEpochMilli(time),
                shape.height(),
                shape.width(),
                shape.channels(),
                encoding,
                ByteBuffer.wrap(bytes),
                label));
    }

    static LabelledImage black() {
        return new LabelledImage(new byte[TinyLearners.SHAPE.size()], Optional.of("dark"));
    }

    static SourceRecord source(long offset, byte @Nullable [] value) {
        return new SourceRecord(TOPIC, 0, offset, 1000 + offset, value);
    }

    static KeyedRecord keyed(String key, long number, long time, LabelledImage image) {
        return keyed(key, number, time, image, TinyLearners.SHAPE);
    }

    static KeyedRecord keyed(String key, long number, long time, LabelledImage image, ImageShape shape) {
        byte[] value = bytes(
                key,
                key + "-" + number,
                time,
                shape,
                Encoding.RAW,
                image.pixels(),
                image.label().orElse(null));
        return new KeyedRecord(
                key,
                source(number, value),
                new Frame(
                        key + "-" + number, time, image.pixels(), image.label().orElse(null)));
    }

    /** What the image message of a record is decoded to. */
    static Frame frame(FrameDecoder decoder, SourceRecord source) {
        ImageRecord image = InputFormat.AVRO.image(ReceivedRecord.of(source), FORMAT);
        return decoder.decode(source, image, "eventTime");
    }

    static OperatorOptions options(LearnerOptions learner, Flush flush) {
        return options(learner, flush, 64);
    }

    static OperatorOptions options(LearnerOptions learner, Flush flush, int residentKeys) {
        return new OperatorOptions(
                learner,
                learner.input() instanceof ImageShape image ? image : TinyLearners.SHAPE,
                KeyOptions.DEFAULT,
                flush,
                50,
                100,
                residentKeys,
                100,
                DeviceChoice.CPU,
                ANY_TIME,
                PictureOptions.DEFAULT);
    }

    static KeyedOneInputStreamOperatorTestHarness<String, KeyedRecord, Prediction> harness(
            OperatorOptions options, int parallelism, int subtask) throws Exception {
        return harness(options, parallelism, subtask, new HashMapStateBackend());
    }

    /** The state backend must be given here: after the set-up the harness would ignore it. */
    static KeyedOneInputStreamOperatorTestHarness<String, KeyedRecord, Prediction> harness(
            OperatorOptions options, int parallelism, int subtask, StateBackend backend) throws Exception {
        KeyedOneInputStreamOperatorTestHarness<String, KeyedRecord, Prediction> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new LearnerOperatorFactory(options, Map.of()),
                        KeyedRecord::streamKey,
                        BasicTypeInfo.STRING_TYPE_INFO,
                        16,
                        parallelism,
                        subtask);
        harness.setStateBackend(backend);
        harness.setup(new AvroTypeInfo<>(Prediction.class).createSerializer(new SerializerConfigImpl()));
        return harness;
    }

    static byte[] original(DeadLetter letter) {
        ByteBuffer bytes = letter.getBytes();
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }
}
