package dev.levitstream.nn.backbone;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.levitstream.common.Check;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Header of a safetensors file: the length of what follows (8 bytes, little endian), then JSON that says of each tensor
 * its type, shape and place in the data, which make up the rest. All of it is checked before anything is read by it.
 *
 * @param tensors in the order of their data, which they divide among them without gaps
 * @param metadata texts by name
 */
record Safetensors(List<Tensor> tensors, Map<String, String> metadata) {
    /** Bytes of the longest header that the format allows. */
    private static final long MOST_HEADER = 100_000_000;

    private static final String METADATA = "__metadata__";

    /**
     * One tensor.
     *
     * @param shape sizes of its axes
     * @param begin its first byte in the data
     * @param end one past its last byte
     */
    record Tensor(String name, TensorType type, List<Long> shape, long begin, long end) {
        Tensor {
            long size = type.bytes();
            for (long axis : shape) {
                Check.that(axis >= 0, "tensor", name, "has shape " + shape + ", must have no negative size");
                size = Math.multiplyExact(size, axis);
            }
            Check.that(
                    begin >= 0 && end - begin == size,
                    "tensor",
                    name,
                    "has data_offsets [" + begin + ", " + end + "], must be " + size + " bytes for " + type + " "
                            + shape);
        }

        /** Reads its values from where its data begin. */
        float[] values(InputStream data) throws IOException {
            Check.that(type.isReadable(), "tensor", name, "has type " + type + ", must be F32, F16 or BF16");
            int count = Math.toIntExact((end - begin) / type.bytes());
            float[] values = new float[count];
            byte[] block = new byte[1 << 16];
            for (int i = 0; i < count; ) {
                int bytes = (int) Math.min(block.length, (long) (count - i) * type.bytes());
                if (data.readNBytes(block, 0, bytes) < bytes) {
                    throw new EOFException("ends inside tensor " + name);
                }
                ByteBuffer buffer = ByteBuffer.wrap(block, 0, bytes).order(ByteOrder.LITTLE_ENDIAN);
                while (buffer.hasRemaining()) {
                    values[i++] = type.next(buffer);
                }
            }
            return values;
        }
    }

    /** Whether a file that begins so may be one: a length, and then an object. */
    static boolean isMagic(byte[] first) {
        return first.length > Long.BYTES && first[Long.BYTES] == '{';
    }

    /**
     * Reads the header.
     *
     * @param file from its first byte
     * @param size of the file (bytes)
     * @throws IllegalArgumentException with what was found and what must be, if the file is none
     */
    static Safetensors read(InputStream file, long size) throws IOException {
        byte[] length = file.readNBytes(Long.BYTES);
        Check.that(length.length == Long.BYTES, "size", size, "must be at least " + Long.BYTES + " bytes");
        long bytes = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long room = Math.min(size - Long.BYTES, MOST_HEADER);
        Check.that(bytes >= 0 && bytes <= room, "header.length", bytes, "must be 0 to " + room);
        byte[] json = file.readNBytes((int) bytes);
        try {
            Safetensors header = parse(json);
            header.requireTiling(size - Long.BYTES - bytes);
            return header;
        } catch (IOException | IllegalStateException | NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException("the header is not one of a safetensors file: " + e.getMessage(), e);
        }
    }

    private static Safetensors parse(byte[] json) throws IOException {
        List<Tensor> tensors = new ArrayList<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        Set<String> names = new HashSet<>();
        try (JsonReader reader =
                new JsonReader(new InputStreamReader(new ByteArrayInputStream(json), StandardCharsets.UTF_8))) {
            reader.setStrictness(Strictness.STRICT);
            reader.beginObject();
            while (reader.hasNext()) {
                String name = reader.nextName();
                Check.that(names.add(name), "tensor", name, "must be there once");
                if (name.equals(METADATA)) {
                    reader.beginObject();
                    while (reader.hasNext()) {
                        metadata.put(reader.nextName(), reader.nextString());
                    }
                    reader.endObject();
                } else {
                    tensors.add(tensor(name, reader));
                }
            }
            reader.endObject();
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new IOException("something follows its object");
            }
        }
        tensors.sort(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end));
        return new Safetensors(List.copyOf(tensors), Map.copyOf(metadata));
    }

    private static Tensor tensor(String name, JsonReader reader) throws IOException {
        String type = "";
        List<Long> shape = List.of();
        List<Long> offsets = List.of();
        Set<String> keys = new LinkedHashSet<>();
        reader.beginObject();
        while (reader.hasNext()) {
            String key = reader.nextName();
            keys.add(key);
            switch (key) {
                case "dtype" -> type = reader.nextString();
                case "shape" -> shape = numbers(reader);
                case "data_offsets" -> offsets = numbers(reader);
                default -> throw new IOException("tensor " + name + " has " + key);
            }
        }
        reader.endObject();
        if (keys.size() < 3 || offsets.size() != 2) {
            throw new IOException("tensor " + name + " has " + keys + " and " + offsets.size() + " offsets");
        }
        return new Tensor(name, TensorType.of(name, type), shape, offsets.get(0), offsets.get(1));
    }

    private static List<Long> numbers(JsonReader reader) throws IOException {
        List<Long> numbers = new ArrayList<>();
        reader.beginArray();
        while (reader.hasNext()) {
            numbers.add(reader.nextLong());
        }
        reader.endArray();
        return List.copyOf(numbers);
    }

    /** That the tensors divide so many bytes among them: in order, without gaps, to the last one. */
    private void requireTiling(long bytes) {
        long at = 0;
        for (Tensor tensor : tensors) {
            Check.that(
                    tensor.begin() == at,
                    "tensor",
                    tensor.name(),
                    "begins at byte " + tensor.begin() + " of the data, must begin at " + at);
            at = tensor.end();
        }
        Check.that(at == bytes, "data", at, "bytes are described, must be the " + bytes + " that the file has");
    }
}
