package dev.levitstream.learner.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.learner.linear.FeatureOptions.Kind;
import dev.levitstream.testing.TinyLearners;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Learnt filters as state keeps them. */
class FixedFeaturesTest {
    private static final ImageShape SHAPE = new ImageShape(8, 8, 3);

    private static FixedFeatures features() {
        return new FixedFeatures(
                SHAPE, new FeatureOptions(Kind.LEARNT, 4, 0), new SharedWeights(), TinyLearners.COMPUTE);
    }

    private static byte[] picture(SplittableRandom random) {
        byte[] pixels = new byte[SHAPE.size()];
        random.nextBytes(pixels);
        return pixels;
    }

    private static FixedFeatures read(byte[] sealed) {
        return StateCodec.open("features", sealed, in -> {
            FixedFeatures features = features();
            features.read(in);
            return features;
        });
    }

    @Test
    void featuresAreSquareRootsButThoseOfStateFromBeforeFormatEight() {
        SplittableRandom random = new SplittableRandom(1);
        List<byte[]> images = Stream.generate(() -> picture(random)).limit(50).toList();
        FixedFeatures learnt = features();
        learnt.learn(images);
        byte[] written = StateCodec.seal(learnt::write);
        byte[] older = StateCodec.seal(out -> out.write(written, 12, written.length - 12 - 1));
        ByteBuffer.wrap(older).putInt(4, 7);

        FixedFeatures again = read(written);
        FixedFeatures plain = read(older);
        FixedFeatures plainAgain = read(StateCodec.seal(plain::write));
        for (byte[] image : images) {
            float[] roots = learnt.of(image);
            assertThat(again.of(image)).isEqualTo(roots);
            float[] means = plain.of(image);
            assertThat(plainAgain.of(image)).isEqualTo(means);
            assertThat(means).isNotEqualTo(roots);
            for (int i = 0; i < means.length; i++) {
                assertThat(roots[i] * roots[i]).isCloseTo(means[i], within(1e-6f));
            }
        }
        assertThat(Arrays.equals(learnt.of(images.get(0)), learnt.of(images.get(1))))
                .isFalse();
    }

    @Test
    void whatIsStillToBeLearntIsReadAsThat() {
        FixedFeatures fresh = read(StateCodec.seal(features()::write));
        assertThat(fresh.isProvisional()).isTrue();
        byte[] image = picture(new SplittableRandom(2));
        assertThat(fresh.of(image)).isEqualTo(features().of(image));
    }
}
