package dev.levitstream.nn.backbone;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** A safetensors file as others write it. */
final class TensorFile {
    private final Map<String, String> header = new LinkedHashMap<>();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    TensorFile metadata(Map<String, String> texts) {
        header.put(
                "__metadata__",
                texts.entrySet().stream()
                        .map(text -> "\"" + text.getKey() + "\":\"" + text.getValue() + "\"")
                        .collect(Collectors.joining(",", "{", "}")));
        return this;
    }

    TensorFile add(String name, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return add(name, "F32", bytes.array(), shape);
    }

    /** Rounded towards 0: single precision less its lower half. */
    TensorFile addBrain(String name, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putShort((short) (Float.floatToRawIntBits(value) >> 16));
        }
        return add(name, "BF16", bytes.array(), shape);
    }

    TensorFile add(String name, String type, byte[] bytes, long... shape) {
        int begin = data.size();
        data.writeBytes(bytes);
        List<String> axes = LongStream.of(shape).mapToObj(Long::toString).toList();
        header.put(
                name,
                "{\"dtype\":\"" + type + "\",\"shape\":[" + String.join(",", axes) + "],\"data_offsets\":[" + begin
                        + "," + data.size() + "]}");
        return this;
    }

    byte[] bytes() {
        List<String> entries = new ArrayList<>();
        header.forEach((name, value) -> entries.add("\"" + name + "\":" + value));
        return file("{" + String.join(",", entries) + "}  ", data.toByteArray());
    }

    static byte[] file(String header, byte[] data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(Long.reverseBytes(json.length));
            out.write(json);
            out.write(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
