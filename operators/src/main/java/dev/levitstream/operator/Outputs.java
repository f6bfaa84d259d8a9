package dev.levitstream.operator;

import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.WireFormat;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.util.OutputTag;

/** What leaves beside the predictions. */
public final class Outputs {
    /** Expansions of all learners. */
    public static final OutputTag<ComponentCreated> COMPONENTS_CREATED =
            new OutputTag<>("components-created", new AvroTypeInfo<>(ComponentCreated.class));

    /** Records that could not be used. */
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead-letters", new AvroTypeInfo<>(DeadLetter.class));

    private Outputs() {}

    /**
     * The dead letter of a record; a value that no message of ours could carry stays at its source, and the reason says
     * so.
     */
    static DeadLetter deadLetter(SourceRecord source, String reason) {
        byte[] value = source.value();
        boolean fits = value == null || value.length <= WireFormat.MAX_MESSAGE_BYTES;
        return new DeadLetter(
                source.topic(),
                source.partition(),
                source.offset(),
                Instant.ofEpochMilli(source.timestamp()),
                fits ? reason : reason + "; too large for a dead letter, the original stays at its source",
                value == null || !fits ? null : ByteBuffer.wrap(value));
    }
}
