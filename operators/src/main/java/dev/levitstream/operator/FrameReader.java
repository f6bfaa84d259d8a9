package dev.levitstream.operator;

import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.MalformedRecordException;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.schema.WireFormat;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Reads each record's stream key and decodes its image, where the record was read, so that as many decode as read,
 * however few the keys are. What is no image becomes a dead letter here and wakes no learner, and what the source has
 * to tell becomes an event.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class FrameReader extends ProcessFunction<ReceivedRecord, KeyedRecord> {
    private static final long serialVersionUID = 1L;

    private final InputFormat format;
    private final OperatorOptions options;

    private transient WireFormat<ImageRecord> messages;
    private transient WireFormat<StreamEvent> notices;
    private transient FrameDecoder decoder;
    private transient InputMetrics metrics;

    /**
     * @param format of the records that come
     * @param options of the learners that the images are for
     */
    public FrameReader(InputFormat format, OperatorOptions options) {
        this.format = format;
        this.options = options;
    }

    @Override
    public void open(OpenContext context) {
        messages = new WireFormat<>(ImageRecord.getClassSchema());
        notices = new WireFormat<>(StreamEvent.getClassSchema());
        decoder = FrameDecoder.of(options);
        metrics = new InputMetrics(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void processElement(ReceivedRecord received, Context context, Collector<KeyedRecord> out) {
        SourceRecord source = received.source();
        if (source.offset() == SourceRecord.NOTICE) {
            StreamEvent event = notices.unframe(source.topic(), Objects.requireNonNull(source.value(), "notice"));
            metrics.skipped(Objects.requireNonNullElse(event.getCount(), 0L));
            context.output(Outputs.EVENTS, event);
            return;
        }
        KeyedRecord keyed;
        try {
            keyed = keyed(received);
        } catch (MalformedRecordException e) {
            metrics.deadLetter(e.part());
            context.output(Outputs.DEAD_LETTERS, Outputs.deadLetter(source, e.reason()));
            return;
        }
        out.collect(keyed);
    }

    private KeyedRecord keyed(ReceivedRecord received) {
        long start = System.nanoTime();
        ImageRecord image = format.image(received, messages);
        Frame frame = decoder.decode(received.source(), image, format.timeField(received));
        metrics.decoded(System.nanoTime() - start);
        return new KeyedRecord(image.getStreamKey(), received.source(), frame);
    }
}
