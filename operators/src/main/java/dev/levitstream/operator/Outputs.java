package dev.levitstream.operator;

import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.DeadLetter;
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

    /** The dead letter of a record. */
    static DeadLetter deadLetter(SourceRecord source, String reason) {
        byte[] value = source.value();
        return new DeadLetter(
                source.topic(),
                source.partition(),
                source.offset(),
                Instant.ofEpochMilli(source.timestamp()),
                reason,
                value == null ? null : ByteBuffer.wrap(value));
    }
}
