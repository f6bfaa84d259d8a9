package dev.levitstream.learner.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.Evidence;
import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.LearnerNotice.Kind;
import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.common.StateCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
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
                alarm.observe(last, 1 + alarms);
                other.observe(last, 1 + alarms);
                if (n % 83 == 0) {
                    other = restored(other);
                }
                List<LearnerNotice> notices = alarm.takeNotices();
                for (LearnerNotice notice : notices) {
                    told.add(notice.kind());
                    boolean isFrozen = notice.kind() == Kind.STREAM_FROZEN;
                    Evidence evidence = notice.evidence().orElseThrow();
                    assertThat(evidence.probability().isPresent()).isEqualTo(!isFrozen);
                    assertThat(evidence.images()).isBetween(50L, 130L);
                    assertThat(evidence.typicalAfter()).hasSize(isFrozen ? 0 : 3);
                    assertThat(notice.component()).isEqualTo(isFrozen ? OptionalInt.empty() : OptionalInt.of(1));
                    assertThat(part).isEqualTo(isFrozen ? 1 : 2);
                }
                other = other.suspects() ? restored(other) : other; // with what nobody has taken yet
                assertThat(other.takeNotices()).isEqualTo(notices);
                Optional<Verdict> raised = alarm.take();
                assertThat(other.take()).isEqualTo(raised);
                if (raised.isPresent()) {
                    alarms++;
                    assertThat(part).isEqualTo(1);
                    Evidence evidence = raised.get().evidence().orElseThrow();
                    assertThat(-Math.log10(evidence.probability().orElseThrow()))
                            .isEqualTo(raised.get().distance());
                    assertThat(evidence.images()).isBetween(n - 10L, n + 10L);
                }
            }
        }
        assertThat(alarms).isEqualTo(1);
        assertThat(told).containsExactly(Kind.STREAM_FROZEN, Kind.WORLD_RETURNED);
        assertThat(StateCodec.seal(other::write)).isEqualTo(StateCodec.seal(alarm::write));
    }

    /** What is told grows older with every image until somebody takes it, also in state. */
    @ParameterizedTest(name = "{0} images later")
    @ValueSource(ints = {0, 1, 40})
    void evidenceIsAsOfTheMomentWhenItIsTaken(int later) {
        Random random = new Random(4);
        ChangeAlarm alarm = alarm();
        ChangeAlarm waiting = alarm();
        Optional<Verdict> raised = Optional.empty();
        for (int n = 0; raised.isEmpty(); n++) {
            float[] image = image(n < 900 ? 1 : 2, random);
            alarm.observe(image, 1);
            waiting.observe(image, 1);
            raised = alarm.take();
        }
        waiting = restored(waiting);
        for (int n = 0; n < later; n++) {
            waiting.observe(image(2, random), 1);
        }
        Evidence now = raised.get().evidence().orElseThrow();
        Evidence then = restored(waiting).take().orElseThrow().evidence().orElseThrow();
        assertThat(then.images()).isEqualTo(now.images() + later);
        assertThat(now.typicalBefore()).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(then.typicalBefore().get(i))
                    .isEqualTo(now.typicalBefore().get(i) + later);
            assertThat(then.typicalAfter().get(i)).isEqualTo(now.typicalAfter().get(i) + later);
        }
    }

    /** As releases before format 7 wrote it. */
    private static byte[] older(ChangeAlarm alarm) {
        byte[] sealed = StateCodec.seal(alarm::write);
        int header = StateCodec.seal(out -> {}).length;
        int untaken = sealed.length
                - (StateCodec.seal(alarm::writeEvidence).length - header)
                - (StateCodec.seal(alarm::writeUntaken).length - header);
        int slowChanges = untaken - (StateCodec.seal(alarm::writeSlowChanges).length - header);
        byte[] older = StateCodec.seal(out -> {
            out.write(sealed, header, slowChanges - header);
            alarm.writeUntaken(out);
        });
        ByteBuffer.wrap(older).putInt(4, 6);
        return older;
    }

    @ParameterizedTest(name = "stored after {0} images")
    @ValueSource(ints = {100, 299, 700, 950, 1600})
    void stateOfFormatSixTellsTheSameChangesAndWhatItKnowsOfTheirEvidence(int stored) {
        Random random = new Random(5);
        ChangeAlarm alarm = alarm();
        ChangeAlarm restored = alarm();
        int changes = 0;
        for (int n = 0; n < 3000; n++) {
            float[] image = image(n / 900 % 2, random);
            alarm.observe(image, 1 + n / 900);
            restored.observe(image, 1 + n / 900);
            if (n == stored) {
                byte[] older = older(restored);
                ChangeAlarm fresh = alarm();
                restored = StateCodec.open("alarm", older, in -> {
                    fresh.read(in);
                    return fresh;
                });
            }
            Optional<Verdict> raised = alarm.take();
            Optional<Verdict> told = restored.take();
            assertThat(told.map(Verdict::distance)).isEqualTo(raised.map(Verdict::distance));
            List<LearnerNotice> returned = restored.takeNotices();
            assertThat(returned).hasSameSizeAs(alarm.takeNotices());
            Optional<Evidence> evidence = told.flatMap(Verdict::evidence)
                    .or(() -> returned.stream().findFirst().flatMap(LearnerNotice::evidence));
            if (evidence.isPresent()) {
                changes++;
                assertThat(evidence.get().images()).isBetween(n % 900 - 10L, n % 900 + 10L);
                for (long age : evidence.get().typicalBefore()) {
                    assertThat(age).as("of an image that it has seen").isBetween(n % 900 - 10L, (long)
                            (n > stored ? n - stored : n));
                }
            }
        }
        assertThat(changes).isEqualTo(3);
    }

    @Test
    void aWorldOfWhichFormatSixDidNotSayTheComponentReturnsWithoutOne() {
        Random random = new Random(6);
        ChangeAlarm alarm = alarm();
        for (int n = 0; n < 1400; n++) {
            alarm.observe(image(n / 900, random), 1);
        }
        ChangeAlarm restored = alarm();
        StateCodec.open("alarm", older(alarm), in -> {
            restored.read(in);
            return restored;
        });
        List<LearnerNotice> told = new ArrayList<>();
        for (int n = 0; n < 1100; n++) {
            restored.observe(image(n < 500 ? 1 : 0, random), 2);
            told.addAll(restored.takeNotices());
        }
        assertThat(told)
                .singleElement()
                .satisfies(notice -> assertThat(notice.component()).isEmpty());
    }
}
