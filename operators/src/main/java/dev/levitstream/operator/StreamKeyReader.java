package dev.levitstream.operator;

import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.MalformedRecordException;
import dev.levitstream.schema.WireFormat;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Reads each record's stream key; what is no image record becomes a dead letter here, since no key could own it. */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class StreamKeyReader extends ProcessFunction<SourceRecord, KeyedRecord> {
    private static final long serialVersionUID = 1L;

    private transient WireFormat<ImageRecord> format;
    private transient LearnerMetrics metrics;

    @Override
    public void open(OpenContext context) {
        format = new WireFormat<>(ImageRecord.getClassSchema());
        metrics = new LearnerMetrics(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void processElement(SourceRecord source, Context context, Collector<KeyedRecord> out) {
        try {
            out.collect(new KeyedRecord(FrameDecoder.streamKey(format, source), source));
        } catch (MalformedRecordException e) {
            metrics.deadLetter();
            context.output(Outputs.DEAD_LETTERS, Outputs.deadLetter(source, e.reason()));
        }
    }
}
