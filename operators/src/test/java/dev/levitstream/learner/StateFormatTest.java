package dev.levitstream.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.nn.KnowledgeFusion;
import dev.levitstream.nn.ParameterLayout;
import dev.levitstream.nn.Vae;
import dev.levitstream.nn.VisionTransformer;
import dev.levitstream.testing.TinyLearners;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateFormatTest {
    private static final int HEADER_BYTES = 12;
    private static final LearnerOptions OPTIONS = TinyLearners.options(LearnerKind.LEVIT_DKF);

    @ParameterizedTest
    @CsvSource({"1, 0", "1, 1", "1, 2", "2, 0", "2, 1", "2, 2"})
    void stateOfAnOlderFormatRestoresToTheSameLearner(int format, long seed) {
        List<LabelledImage> images = LearnerContractTest.stream(seed);
        try (Learner learner = TinyLearners.open(OPTIONS, seed)) {
            for (int i = 0; i < 240; i += 4) {
                LearnerContractTest.observe(learner, images, i);
            }
            assertThat(learner.describe().components()).isGreaterThan(1);
            Map<String, byte[]> present = TinyLearners.state(learner);
            Map<String, byte[]> older = new HashMap<>(present);
            older.replaceAll((name, bytes) -> inFormat(format, name, bytes));
            assertThat(older.get("active")).isNotEqualTo(present.get("active"));
            try (Learner restored = TinyLearners.restore(OPTIONS, older)) {
                Map<String, byte[]> found = TinyLearners.state(restored);
                assertThat(found.keySet()).isEqualTo(present.keySet());
                present.forEach(
                        (name, bytes) -> assertThat(found.get(name)).as(name).isEqualTo(bytes));
                LearnerContractTest.assertInvariants(restored, OPTIONS);
            }
        }
    }

    /** As an older release wrote an entry: it fuses all before it, and in the first every matrix is row by row. */
    private static byte[] inFormat(int format, String name, byte[] sealed) {
        byte[] older = sealed.clone();
        if (name.equals("active") || name.startsWith("component/")) {
            older = StateCodec.seal(out -> rewrite(format, name, sealed, out));
        }
        ByteBuffer.wrap(older).putInt(4, format);
        return older;
    }

    private static void rewrite(int format, String name, byte[] sealed, DataOutputStream out) {
        boolean active = name.equals("active");
        try (DataInputStream in =
                new DataInputStream(new ByteArrayInputStream(sealed, HEADER_BYTES, sealed.length - HEADER_BYTES))) {
            int fused = in.readInt();
            int classes = in.readInt();
            out.writeInt(classes);
            out.writeDouble(in.readDouble());
            out.writeLong(in.readLong());
            float[] values = StateCodec.readFloats(in);
            StateCodec.writeFloats(out, values(format, values, fused, classes));
            if (active) {
                out.writeLong(in.readLong());
                StateCodec.writeFloats(out, values(format, StateCodec.readFloats(in), fused, classes));
                StateCodec.writeFloats(out, values(format, StateCodec.readFloats(in), fused, classes));
                boolean remembers = in.readBoolean();
                out.writeBoolean(remembers);
                if (remembers) {
                    int before = in.readInt();
                    out.writeInt(before);
                    StateCodec.writeFloats(out, values(format, StateCodec.readFloats(in), fused, before));
                }
            }
            assertThat(in.available()).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] values(int format, float[] values, int fused, int classes) {
        float[] rows = values.clone();
        for (ParameterLayout.Entry entry : layout(fused, classes).entries()) {
            if (format == 1 && entry.byColumn()) {
                int height = (int) entry.shape().get(0);
                int width = (int) entry.shape().get(1);
                for (int r = 0; r < height; r++) {
                    for (int c = 0; c < width; c++) {
                        rows[entry.offset() + r * width + c] = values[entry.offset() + c * height + r];
                    }
                }
            }
        }
        return rows;
    }

    private static ParameterLayout layout(int fused, int classes) {
        Blueprint blueprint = new Blueprint(
                new VisionTransformer(OPTIONS.network().vit()),
                Optional.of(Vae.of(OPTIONS.network().vae())),
                new KnowledgeFusion(OPTIONS.fusion().level(), KnowledgeFusion.Gates.LEARNT),
                1);
        return blueprint.network(fused, classes).layout();
    }
}
