package dev.levitstream.job;

import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.model.PretrainedVit;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A backbone in safetensors with random weights: grey images of 8x8, one block of width 4. */
public final class TinyVit {
    private static final PretrainedVit.Sizes SIZES = new PretrainedVit.Sizes(1, 4, 2, 4, 8, 1, 1);

    private TinyVit() {}

    /** Writes one; of another seed other weights. */
    public static Path write(Path file, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> entries = new ArrayList<>();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (Map.Entry<String, Shape> weight :
                new PretrainedVit(SIZES).weights().entrySet()) {
            int values = (int) weight.getValue().size();
            ByteBuffer bytes = ByteBuffer.allocate(values * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < values; i++) {
                bytes.putFloat((float) random.nextDouble(-1, 1));
            }
            int begin = data.size();
            data.writeBytes(bytes.array());
            List<String> axes = new ArrayList<>();
            for (long axis : weight.getValue().getShape()) {
                axes.add(Long.toString(axis));
            }
            entries.add("\"" + weight.getKey() + "\":{\"dtype\":\"F32\",\"shape\":[" + String.join(",", axes)
                    + "],\"data_offsets\":[" + begin + "," + data.size() + "]}");
        }
        byte[] header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            out.writeLong(Long.reverseBytes(header.length));
            out.write(header);
            data.writeTo(out);
        }
        return file;
    }
}
