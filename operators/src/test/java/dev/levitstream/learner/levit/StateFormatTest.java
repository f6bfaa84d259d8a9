package dev.levitstream.learner.levit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContractTest;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.common.ComponentFactory;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.ParameterLayout;
import dev.levitstream.nn.model.Vae;
import dev.levitstream.nn.model.VisionTransformer;
import dev.levitstream.testing.TinyLearners;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateFormatTest {
    private static final int HEADER_BYTES = 12;
    private static final LearnerOptions DENSE = TinyLearners.options("levit-dkf");
    private static final LearnerOptions CONVOLUTIONAL = TinyLearners.convolutional(DENSE);

    @ParameterizedTest
    @CsvSource({
        "1, 0", "1, 1", "1, 2", "2, 0", "2, 1", "2, 2", "3, 0", "3, 1", "3, 2", "4, 0", "4, 1", "4, 2", "5, 0", "5, 1",
        "5, 2", "6, 0", "6, 1", "6, 2", "7, 0", "7, 1", "7, 2", "8, 0", "8, 1", "8, 2"
    })
    void stateOfAnOlderFormatRestoresToTheSameLearner(int format, long seed) {
        restores(DENSE, format, seed);
        restores(CONVOLUTIONAL, format, seed);
    }

    private static void restores(LearnerOptions options, int format, long seed) {
        List<LabelledImage> images = LearnerContractTest.stream(seed).stream()
                .filter(image -> image.label().isPresent())
                .toList();
        try (Learner learner = TinyLearners.open(options, seed)) {
            for (int i = 0; i < 240; i += 4) {
                LearnerContractTest.observe(learner, images, i);
            }
            assertThat(learner.describe().components().orElseThrow()).isGreaterThan(1);
            Map<String, byte[]> present = TinyLearners.state(learner);
            Map<String, byte[]> older = new HashMap<>(present);
            older.replaceAll((name, bytes) -> inFormat(options, format, name, bytes));
            assertThat(older.get("control")).isNotEqualTo(present.get("control"));
            try (Learner restored = TinyLearners.restore(options, older)) {
                Map<String, byte[]> found = TinyLearners.state(restored);
                assertThat(found.keySet()).isEqualTo(present.keySet());
                present.forEach(
                        (name, bytes) -> assertThat(found.get(name)).as(name).isEqualTo(bytes));
                LearnerContractTest.assertInvariants(restored, options);
            }
        }
    }

    /**
     * As an older release wrote an entry: until format 3 convolutions lie row by row, until 2 a component fuses all
     * before it, and in 1 every matrix lies row by row.
     */
    private static byte[] inFormat(LearnerOptions options, int format, String name, byte[] sealed) {
        byte[] older = sealed.clone();
        if (format < 5 && (name.equals("active") || name.startsWith("component/"))) {
            older = StateCodec.seal(out -> rewrite(options, format, name, sealed, out));
        } else if (format < 7 && name.equals("labels")) {
            older = withoutEnd(sealed, Integer.BYTES); // until format 6 nothing said when evidence began
        } else if (format < 6 && name.equals("router")) {
            byte[] before = withoutEnd(sealed, 2); // nothing said whether images without a label were counted apart
            older = format < 5 ? withoutForm(before) : before;
        } else if (format < 7 && name.equals("control")) {
            byte[] before = withoutIds(options, sealed);
            older = format < 6 ? withoutUnlabelled(options, before) : before;
        }
        ByteBuffer.wrap(older).putInt(4, format);
        return older;
    }

    /**
     * Until format 5 images without a label were not counted apart; the number stands before that of the images that
     * are being learnt, which are none, and the name of the criterion.
     */
    private static byte[] withoutUnlabelled(LearnerOptions options, byte[] sealed) {
        int at = nameOfCriterion(options, sealed) - Short.BYTES - Integer.BYTES - Long.BYTES;
        return StateCodec.seal(out -> {
            out.write(sealed, HEADER_BYTES, at - HEADER_BYTES);
            out.write(sealed, at + Long.BYTES, sealed.length - at - Long.BYTES);
        });
    }

    private static byte[] withoutEnd(byte[] sealed, int bytes) {
        return StateCodec.seal(out -> out.write(sealed, HEADER_BYTES, sealed.length - HEADER_BYTES - bytes));
    }

    /**
     * Until format 6 no component ever went, and their number said their ids. These follow it, before what the memory
     * counts.
     */
    private static byte[] withoutIds(LearnerOptions options, byte[] sealed) {
        int end = nameOfCriterion(options, sealed) - 4 * Long.BYTES - 2 * Integer.BYTES - Short.BYTES;
        int count = ByteBuffer.wrap(sealed).getInt(end - Integer.BYTES);
        int at = end - count * Integer.BYTES;
        assertThat(ByteBuffer.wrap(sealed).getInt(at - Integer.BYTES)).isEqualTo(count);
        return StateCodec.seal(out -> {
            out.write(sealed, HEADER_BYTES, at - HEADER_BYTES);
            out.write(sealed, end, sealed.length - end);
        });
    }

    private static int nameOfCriterion(LearnerOptions options, byte[] sealed) {
        String text = new String(sealed, StandardCharsets.ISO_8859_1);
        return text.lastIndexOf(
                TinyLearners.levit(options).expansion().criterion().name());
    }

    /** Until format 4 nothing said in which form a router's sums follow its three counts. */
    private static byte[] withoutForm(byte[] sealed) {
        int at = HEADER_BYTES + 3 * Long.BYTES;
        assertThat(sealed[at]).as("of many images").isZero();
        return StateCodec.seal(out -> {
            out.write(sealed, HEADER_BYTES, at - HEADER_BYTES);
            out.write(sealed, at + 1, sealed.length - at - 1);
        });
    }

    private static void rewrite(LearnerOptions options, int format, String name, byte[] sealed, DataOutputStream out) {
        boolean active = name.equals("active");
        try (DataInputStream in =
                new DataInputStream(new ByteArrayInputStream(sealed, HEADER_BYTES, sealed.length - HEADER_BYTES))) {
            assertThat(active && in.readBoolean()).isFalse();
            int fused = in.readInt();
            if (format > 2) {
                out.writeInt(fused);
            }
            int classes = in.readInt();
            out.writeInt(classes);
            out.writeDouble(in.readDouble());
            out.writeLong(in.readLong());
            ParameterLayout layout = layout(options, fused, classes);
            StateCodec.writeFloats(out, values(format, StateCodec.readFloats(in), layout));
            if (active) {
                out.writeLong(in.readLong());
                StateCodec.writeFloats(out, values(format, StateCodec.readFloats(in), layout));
                StateCodec.writeFloats(out, values(format, StateCodec.readFloats(in), layout));
                boolean remembers = in.readBoolean();
                out.writeBoolean(remembers);
                if (remembers) {
                    int before = in.readInt();
                    out.writeInt(before);
                    StateCodec.writeFloats(
                            out, values(format, StateCodec.readFloats(in), layout(options, fused, before)));
                }
            }
            assertThat(in.available()).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] values(int format, float[] values, ParameterLayout layout) {
        float[] rows = values.clone();
        for (ParameterLayout.Entry entry : layout.entries()) {
            int first = (int) entry.shape().get(0);
            int rest = entry.size() / first;
            if (entry.shape().dimension() == 2 && format < 2) {
                for (int i = 0; i < entry.size(); i++) {
                    rows[entry.offset() + i] = values[entry.place(i / rest, i % rest)];
                }
            } else if (entry.shape().dimension() == 4 && format < 4) {
                for (int i = 0; i < entry.size(); i++) {
                    rows[entry.offset() + i] = values[entry.place(i / rest, i % rest / 9, i % 9 / 3, i % 3)];
                }
            }
        }
        return rows;
    }

    private static ParameterLayout layout(LearnerOptions options, int fused, int classes) {
        LevitOptions own = TinyLearners.levit(options);
        return new ComponentFactory(
                        options,
                        new VisionTransformer(own.network().vit()),
                        Optional.of(Vae.of(own.network().vae())),
                        new KnowledgeFusion(own.fusion().level(), KnowledgeFusion.Gates.LEARNT),
                        own.training(),
                        false)
                .network(fused, classes)
                .layout();
    }
}
