package dev.levitstream.schema;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Avro single-object encoding of one record type: marker {@code C3 01}, the writer schema's 64-bit fingerprint (little
 * endian), then the binary body (Avro specification, "Single object encoding"). Not thread-safe; make one per task.
 *
 * @param <T> the generated record class
 */
public final class WireFormat<T extends SpecificRecordBase> {
    /** Largest message accepted or written, in bytes: the 16 MiB of an image and some room for its header. */
    public static final int MAX_MESSAGE_BYTES = (16 << 20) + 4096;

    private static final int HEADER_BYTES = 10;
    private static final int MARKER = 0xC301;

    static {
        // Avro makes instances only of classes that the process trusts; these are the generated ones of this package
        String ours = WireFormat.class.getPackageName();
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(),
                type -> type.getPackageName().equals(ours)));
    }

    private final Schema schema;
    private final int marker;
    private final long fingerprint;
    private final Map<Long, SpecificDatumReader<T>> readers = new HashMap<>();
    private final SpecificDatumWriter<T> writer;

    /**
     * @param current schema that is written, and into which those of earlier releases are resolved, whose messages may
     *     still lie in a topic or wait in a checkpoint
     */
    public WireFormat(Schema current) {
        this(current, MARKER);
    }

    /**
     * The same behind another marker, for what must not be taken for a message that came from outside.
     *
     * @param marker the first two bytes, 0 to {@code 0xFFFF}
     */
    public WireFormat(Schema current, int marker) {
        schema = current;
        this.marker = marker;
        fingerprint = SchemaNormalization.parsingFingerprint64(current);
        writer = new SpecificDatumWriter<>(current);
        for (Schema released : ReleasedSchemas.of(current.getName())) {
            readers.put(
                    SchemaNormalization.parsingFingerprint64(released), new SpecificDatumReader<>(released, current));
        }
        readers.put(fingerprint, new SpecificDatumReader<>(current, current));
    }

    /**
     * Frames a record.
     *
     * @return the message; taken by the caller
     */
    public byte[] frame(T value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).putShort((short) marker);
        header.order(ByteOrder.LITTLE_ENDIAN).putLong(fingerprint);
        bytes.writeBytes(header.array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            writer.write(value, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Unframes a message. Every length and count is checked against the bytes at hand before Avro allocates anything,
     * so hostile bytes cost no memory.
     *
     * @param topic where the message came from; for the error alone
     * @param message the whole value of the Kafka record; borrowed
     * @throws MalformedRecordException if the message is truncated, foreign, oversized or has bytes left over
     */
    public T unframe(String topic, byte[] message) {
        SpecificDatumReader<T> reader = checked(topic, message);
        try {
            BinaryDecoder body =
                    DecoderFactory.get().binaryDecoder(message, HEADER_BYTES, message.length - HEADER_BYTES, null);
            return reader.read(null, body);
        } catch (IOException | AvroRuntimeException e) {
            throw new MalformedRecordException(topic, schema.getName(), e, "must be readable");
        }
    }

    /** The reader of a message whose header and lengths are right. */
    private SpecificDatumReader<T> checked(String topic, byte[] message) {
        if (message.length < HEADER_BYTES) {
            throw new MalformedRecordException(
                    topic, "message.bytes", message.length, "must be at least " + HEADER_BYTES);
        }
        if (message.length > MAX_MESSAGE_BYTES) {
            throw new MalformedRecordException(
                    topic, "message.bytes", message.length, "must be at most " + MAX_MESSAGE_BYTES);
        }
        ByteBuffer header = ByteBuffer.wrap(message);
        int found = Short.toUnsignedInt(header.getShort());
        if (found != marker) {
            throw new MalformedRecordException(
                    topic,
                    "marker",
                    String.format("%04x", found),
                    String.format("must be %04x (Avro single-object encoding)", marker));
        }
        long written = header.order(ByteOrder.LITTLE_ENDIAN).getLong();
        SpecificDatumReader<T> reader = readers.get(written);
        if (reader == null) {
            throw new MalformedRecordException(
                    topic,
                    "fingerprint",
                    String.format("%016x", written),
                    "must be that of " + schema.getFullName() + ", " + String.format("%016x", fingerprint));
        }
        new BodyCheck(topic, message, HEADER_BYTES).check(reader.getSchema());
        return reader;
    }
}
