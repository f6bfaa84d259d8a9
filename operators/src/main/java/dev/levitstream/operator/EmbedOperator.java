package dev.levitstream.operator;

import dev.levitstream.nn.backbone.Embedding;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.jspecify.annotations.Nullable;

/**
 * Lets a backbone embed images on their way to their keys, where they were read and decoded: learners are given its
 * half floats, and know no backbone. Images wait a moment until a block is full; none waits while a barrier or a
 * watermark passes, so there is no state. They leave in the order in which they came. What the backbone cannot embed
 * becomes a dead letter.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class EmbedOperator extends AbstractStreamOperator<KeyedRecord>
        implements OneInputStreamOperator<KeyedRecord, KeyedRecord>, BoundedOneInput {
    private static final long serialVersionUID = 1L;

    /** Longest that an image waits for others of its block; no block, on any machine, is computed much faster. */
    static final long WAIT_MILLIS = 5;

    private final OperatorOptions options;

    private transient @Nullable SharedEmbedding shared;
    private transient Embedding embedding;
    private transient EmbedMetrics embedMetrics;
    private transient List<StreamRecord<KeyedRecord>> waiting = new ArrayList<>();
    private transient @Nullable ScheduledFuture<?> timer;

    EmbedOperator(StreamOperatorParameters<KeyedRecord> parameters, OperatorOptions options) {
        super(parameters);
        this.options = options;
    }

    @Override
    public void open() throws Exception {
        super.open();
        Environment environment = getContainingTask().getEnvironment();
        String device = options.device().resolve(getRuntimeContext());
        shared = SharedEmbedding.open(environment.getSharedResources(), environment.getJobID(), options, device);
        embedding = shared.embedding();
        embedMetrics = new EmbedMetrics(getMetricGroup());
        LOG.info("backbone computes on {}, {} images at once", device, embedding.block());
    }

    @Override
    public void processElement(StreamRecord<KeyedRecord> element) {
        waiting.add(element.copy(element.getValue())); // Flink may use this one again
        if (waiting.size() >= embedding.block()) {
            flush();
        } else if (waiting.size() == 1) {
            long due = getProcessingTimeService().getCurrentProcessingTime() + WAIT_MILLIS;
            timer = getProcessingTimeService().registerTimer(due, time -> flush());
        }
    }

    private void flush() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (waiting.isEmpty()) {
            return;
        }
        List<StreamRecord<KeyedRecord>> block = waiting;
        waiting = new ArrayList<>();
        long start = System.nanoTime();
        List<Embedding.Result> results = embedding.of(
                block.stream().map(record -> record.getValue().frame().pixels()).toList());
        embedMetrics.block(block.size(), System.nanoTime() - start);
        for (int i = 0; i < results.size(); i++) {
            emit(block.get(i), results.get(i));
        }
    }

    private void emit(StreamRecord<KeyedRecord> record, Embedding.Result result) {
        KeyedRecord image = record.getValue();
        if (result.bytes().isPresent()) {
            embedMetrics.embedded();
            Frame frame = image.frame().withPixels(result.bytes().get());
            output.collect(record.copy(new KeyedRecord(image.streamKey(), image.source(), frame)));
        } else {
            embedMetrics.deadLetter();
            SourceRecord source = image.source();
            output.collect(
                    Outputs.DEAD_LETTERS,
                    new StreamRecord<>(Outputs.deadLetter(source, result.reason()), source.timestamp()));
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        flush();
        super.processWatermark(mark);
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        flush();
        super.processWatermarkStatus(status);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        flush();
        super.prepareSnapshotPreBarrier(checkpointId);
    }

    @Override
    public void endInput() {
        flush();
    }

    @Override
    public void finish() throws Exception {
        flush();
        super.finish();
    }

    @Override
    public void close() throws Exception {
        if (shared != null) {
            shared.close();
            shared = null;
        }
        super.close();
    }
}
