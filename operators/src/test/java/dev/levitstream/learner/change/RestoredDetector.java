package dev.levitstream.learner.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.common.StateCodec;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Detectors that are written, and go on from what was written. */
final class RestoredDetector {
    private RestoredDetector() {}

    static byte[] written(ChangeDetector detector) {
        return StateCodec.seal(out -> {
            detector.write(out);
            detector.writeNumbers(out);
        });
    }

    /** @param fresh becomes what was written of another */
    static ChangeDetector read(byte[] written, ChangeDetector fresh) {
        return StateCodec.open("detector", written, in -> {
            fresh.read(in);
            fresh.readNumbers(in);
            return fresh;
        });
    }

    /**
     * Shows images to a detector, and to another that is written and read after every hundredth or so of them and after
     * each change. Both must tell the same changes and come to the same bytes.
     *
     * @param changes that must be told (count)
     * @return what is written at the end
     */
    static byte[] goesOnLike(Supplier<ChangeDetector> fresh, List<float[]> images, int changes) {
        ChangeDetector one = fresh.get();
        ChangeDetector other = fresh.get();
        int told = 0;
        for (int i = 0; i < images.size(); i++) {
            Optional<Change> change = one.observe(images.get(i), 1);
            assertThat(other.observe(images.get(i), 1)).isEqualTo(change);
            told += change.isPresent() ? 1 : 0;
            if (i % 97 == 0 || change.isPresent()) {
                byte[] written = written(one);
                assertThat(written(other)).as("after image %d", i).isEqualTo(written);
                other = read(written, fresh.get());
            }
        }
        assertThat(told).isEqualTo(changes);
        return written(one);
    }
}
