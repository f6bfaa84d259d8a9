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
import org.junit.jupiter.params.provider.ValueSource;

class StateFormatTest {
    private static final int HEADER_BYTES = 12;
    private static final LearnerOptions OPTIONS = TinyLearners.options(LearnerKind.LEVIT_DKF);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void stateOfTheFirstFormatRestoresToTheSameLearner(long seed) {
        List<LabelledImage> images = LearnerContractTest.stream(seed);
        try (Learner learner = TinyLearners.open(OPTIONS, seed)) {
            for (int i = 0; i < 240; i += 4) {
                LearnerContractTest.observe(learner, images, i);
            }
            assertThat(learner.describe().components()).isGreaterThan(1);
            Map<String, byte[]> present = TinyLearners.state(learner);
            Map<String, byte[]> first = new HashMap<>(present);
            first.replaceAll(StateFormatTest::inTheFirstFormat);
            assertThat(first.get("active")).isNotEqualTo(present.get("active"));
            try (Learner restored = TinyLearners.restore(OPTIONS, first)) {
                Map<String, byte[]> found = TinyLearners.state(restored);
                assertThat(found.keySet()).isEqualTo(present.keySet());
                present.forEach(
                        (name, bytes) -> assertThat(found.get(name)).as(name).isEqualTo(bytes));
                LearnerContractTest.assertInvariants(restored, OPTIONS);
            }
        }
    }

    /** As release 1 wrote an entry: every matrix row by row. */
    private static byte[] inTheFirstFormat(String name, byte[] sealed) {
        byte[] first = sealed.clone();
        if (name.equals("active") || name.startsWith("component/")) {
            first = StateCodec.seal(out -> rewrite(name, sealed, out));
        }
        ByteBuffer.wrap(first).putInt(4, 1);
        return first;
    }

    private static void rewrite(String name, byte[] sealed, DataOutputStream out) {
        boolean active = name.equals("active");
        try (DataInputStream in =
                new DataInputStream(new ByteArrayInputStream(sealed, HEADER_BYTES, sealed.length - HEADER_BYTES))) {
            int classes = in.readInt();
            out.writeInt(classes);
            out.writeDouble(in.readDouble());
            out.writeLong(in.readLong());
            float[] values = StateCodec.readFloats(in);
            StateCodec.writeFloats(out, byRow(values, classes));
            if (active) {
                out.writeLong(in.readLong());
                StateCodec.writeFloats(out, byRow(StateCodec.readFloats(in), classes));
                StateCodec.writeFloats(out, byRow(StateCodec.readFloats(in), classes));
                boolean remembers = in.readBoolean();
                out.writeBoolean(remembers);
                if (remembers) {
                    int before = in.readInt();
                    out.writeInt(before);
                    StateCodec.writeFloats(out, byRow(StateCodec.readFloats(in), before));
                }
            }
            assertThat(in.available()).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] byRow(float[] values, int classes) {
        float[] rows = values.clone();
        for (ParameterLayout.Entry entry : layout(values.length, classes).entries()) {
            if (entry.byColumn()) {
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

    /** Of the component that has so many values: each has one more gate than the one before. */
    private static ParameterLayout layout(int size, int classes) {
        Blueprint blueprint = new Blueprint(
                new VisionTransformer(OPTIONS.network().vit()),
                Optional.of(Vae.of(OPTIONS.network().vae())),
                new KnowledgeFusion(OPTIONS.fusionLevel(), KnowledgeFusion.Gates.LEARNT),
                1);
        int frozen = 0;
        while (blueprint.network(frozen, classes).layout().size() < size) {
            frozen++;
        }
        ParameterLayout layout = blueprint.network(frozen, classes).layout();
        assertThat(layout.size()).isEqualTo(size);
        return layout;
    }
}
