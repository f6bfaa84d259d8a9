package dev.levitstream.learner.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.LearnerNotice.Kind;
import dev.levitstream.learner.common.StateCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told besides new worlds, and that a stored alarm goes on to the same bytes. */
class ChangeAlarmTest {
    private static final int WIDTH = 20;
    private static final RandomProjection PROJECTION = new RandomProjection(WIDTH);

    /** Two classes of images, as in a stream of two labels. */
    private static float[] image(int world, Random random) {
        Random directions = new Random(31L * world + random.nextInt(2));
        float[] features = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            features[i] = (float) (directions.nextGaussian() + random.nextGaussian());
        }
        return features;
    }

    private static ChangeAlarm alarm() {
        return new ChangeAlarm(PROJECTION, 3e-7, 9);
    }

    private static ChangeAlarm restored(ChangeAlarm alarm) {
        ChangeAlarm restored = alarm();
        return StateCodec.open("alarm", StateCodec.seal(alarm::write), in -> {
            restored.read(in);
            return restored;
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void aNewWorldIsAnAlarmOneThatReturnsAndAFrozenCameraAreNotices(long seed) {
        Random random = new Random(seed);
        ChangeAlarm alarm = alarm();
        ChangeAlarm other = alarm();
        int alarms = 0;
        List<Kind> told = new ArrayList<>();
        float[] last = new float[WIDTH];
        int[] worlds = {1, 2, 1};
        for (int part = 0; part < worlds.length; part++) {
            for (int n = 0; n < 1000; n++) {
                boolean frozen = part == 1 && n >= 500 && n < 600;
                last = frozen ? last : image(worlds[part], random);
                alarm.observe(last);
                other.observe(last);
                if (n % 83 == 0) {
                    other = restored(other);
                }
                for (LearnerNotice notice : alarm.takeNotices()) {
                    told.add(notice.kind());
                    boolean isFrozen = notice.kind() == Kind.STREAM_FROZEN;
                    assertThat(notice.probability().isPresent()).isEqualTo(!isFrozen);
                    assertThat(notice.images()).isBetween(50L, 130L);
                    assertThat(part).isEqualTo(isFrozen ? 1 : 2);
                }
                other = other.suspects() ? restored(other) : other; // with what nobody has taken yet
                other.takeNotices();
                if (alarm.take().isPresent()) {
                    alarms++;
                    assertThat(part).isEqualTo(1);
                    assertThat(other.take()).isPresent();
                }
            }
        }
        assertThat(alarms).isEqualTo(1);
        assertThat(told).containsExactly(Kind.STREAM_FROZEN, Kind.WORLD_RETURNED);
        assertThat(StateCodec.seal(other::write)).isEqualTo(StateCodec.seal(alarm::write));
    }
}
