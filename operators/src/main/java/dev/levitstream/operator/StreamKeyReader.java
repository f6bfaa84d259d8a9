package dev.levitstream.operator;

import dev.levitstream.schema.MalformedRecordException;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.schema.WireFormat;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Reads each record's stream key; what is no image record becomes a dead letter here, since no key could own it, and
 * what the source has to tell becomes an event.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class StreamKeyReader extends ProcessFunction<ReceivedRecord, KeyedRecord> {
    private static final long serialVersionUID = 1L;

    private final InputFormat format;

    private transient ImageMessages messages;
    private transient WireFormat<StreamEvent> notices;
    private transient LearnerMetrics metrics;

    /** @param format of the records that come */
    public StreamKeyReader(InputFormat format) {
        this.format = format;
    }

    @Override
    public void open(OpenContext context) {
        messages = new ImageMessages();
        notices = new WireFormat<>(StreamEvent.getClassSchema());
        metrics = new LearnerMetrics(getRuntimeContext().getMetricGroup());
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
        try {
            out.collect(format.keyed(received, messages));
        } catch (MalformedRecordException e) {
            metrics.deadLetter();
            context.output(Outputs.DEAD_LETTERS, Outputs.deadLetter(source, e.reason()));
        }
    }
}
