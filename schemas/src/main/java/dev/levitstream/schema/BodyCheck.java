package dev.levitstream.schema;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Walks the binary body of one Avro message along its schema without building anything, and says by field name where it
 * is wrong.
 *
 * <p>Why not Avro's own reader: it allocates what a length field declares before it looks whether so many bytes are
 * there, and its errors do not name the field.
 */
final class BodyCheck {
    private static final int MAX_VARINT_BYTES = 10;

    private final String topic;
    private final byte[] bytes;
    private int at;

    BodyCheck(String topic, byte[] bytes, int from) {
        this.topic = topic;
        this.bytes = bytes;
        this.at = from;
    }

    /** Checks the whole body; nothing may be left over. */
    void check(Schema schema) {
        walk(schema, schema.getName());
        if (at != bytes.length) {
            throw malformed("message.trailing-bytes", bytes.length - at, "must be 0");
        }
    }

    private void walk(Schema schema, String field) {
        switch (schema.getType()) {
            case RECORD -> schema.getFields().forEach(inner -> walk(inner.schema(), inner.name()));
            case UNION -> {
                List<Schema> branches = schema.getTypes();
                walk(branches.get(index(branches.size(), field + ".branch")), field);
            }
            case ENUM -> index(schema.getEnumSymbols().size(), field);
            case ARRAY -> walkArray(schema.getElementType(), field);
            case STRING -> checkText(field, span(field));
            case BYTES -> span(field);
            case INT -> {
                long value = varint(field);
                if (value != (int) value) {
                    throw malformed(field, value, "must fit 32 bits");
                }
            }
            case LONG -> varint(field);
            case FLOAT -> skip(Float.BYTES, field);
            case DOUBLE -> skip(Double.BYTES, field);
            case NULL -> {}
            case BOOLEAN, FIXED, MAP ->
                throw new IllegalStateException(
                        "schema type " + schema.getType() + " of " + field + " is not walked yet");
        }
    }

    private void walkArray(Schema element, String field) {
        long count = varint(field + ".count");
        while (count != 0) {
            if (count < 0) { // a block that also gives its size in bytes
                varint(field + ".block-bytes");
                count = -count;
            }
            // every element type in use takes at least one byte
            if (count < 0 || count > bytes.length - at) {
                throw malformed(field + ".count", count, "must be at most the " + (bytes.length - at) + " bytes left");
            }
            for (long i = 0; i < count; i++) {
                walk(element, field + "[" + i + "]");
            }
            count = varint(field + ".count");
        }
    }

    private int index(int size, String field) {
        long value = varint(field);
        if (value < 0 || value >= size) {
            throw malformed(field, value, "must be 0 to " + (size - 1));
        }
        return (int) value;
    }

    /** Skips a length-prefixed span and returns its length. */
    private int span(String field) {
        long length = varint(field + ".length");
        if (length < 0) {
            throw malformed(field + ".length", length, "must be at least 0");
        }
        skip(length, field);
        return (int) length;
    }

    private void checkText(String field, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at - length, length));
        } catch (CharacterCodingException e) {
            throw malformed(field, length + " bytes", "must be UTF-8 text");
        }
    }

    private void skip(long length, String field) {
        if (length > bytes.length - at) {
            throw malformed(field, length + " bytes", "must fit the " + (bytes.length - at) + " bytes left");
        }
        at += (int) length;
    }

    /** Reads one zig-zag variable-length integer (Avro specification, "Primitive types"). */
    private long varint(String field) {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            if (at == bytes.length) {
                throw malformed(field, "end of message", "must be there in full");
            }
            byte next = bytes[at++];
            value |= (next & 0x7FL) << (7 * i);
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw malformed(field, "a number of over " + MAX_VARINT_BYTES + " bytes", "must fit 64 bits");
    }

    private MalformedRecordException malformed(String field, Object found, String allowed) {
        return new MalformedRecordException(topic, field, found, allowed);
    }
}
