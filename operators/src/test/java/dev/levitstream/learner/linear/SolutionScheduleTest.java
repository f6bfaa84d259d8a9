package dev.levitstream.learner.linear;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.common.StateCodec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SolutionScheduleTest {
    /** After how many images of a group it is solved. */
    private static List<Integer> solutions(SolutionSchedule schedule, int images) {
        List<Integer> solved = new ArrayList<>();
        schedule.born();
        for (int n = 1; n <= images; n++) {
            schedule.learnt();
            if (schedule.isDue()) {
                schedule.solved();
                solved.add(n);
            }
        }
        return solved;
    }

    @Test
    void itIsSolvedWhenTheImagesHaveDoubledAndEveryThousand() {
        assertThat(solutions(new SolutionSchedule(), 4000))
                .containsExactly(10, 20, 40, 80, 160, 320, 640, 1280, 2304, 3328);
    }

    @Test
    void aNewGroupBeginsItAnew() {
        SolutionSchedule schedule = new SolutionSchedule();
        solutions(schedule, 100);
        assertThat(solutions(schedule, 50)).containsExactly(10, 20, 40);
    }

    @Test
    void headsAreComparedOnceAGroupIsKnownWell() {
        SolutionSchedule schedule = new SolutionSchedule();
        solutions(schedule, 499);
        assertThat(schedule.comparesHeads()).isFalse();
        schedule.learnt();
        assertThat(schedule.comparesHeads()).isTrue();
        schedule.born();
        assertThat(schedule.comparesHeads()).isFalse();
    }

    @Test
    void sumsThatChangedAreSolvedAtOnce() {
        SolutionSchedule schedule = new SolutionSchedule();
        solutions(schedule, 500);
        assertThat(schedule.isDue()).isFalse();
        schedule.dueNow();
        assertThat(schedule.isDue()).isTrue();
        schedule.solved();
        schedule.changed();
        assertThat(schedule.isDue()).isTrue();
        assertThat(schedule.comparesHeads()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 10, 100, 700})
    void aStoredOneGoesOnAlike(int images) {
        SolutionSchedule whole = new SolutionSchedule();
        solutions(whole, images);
        SolutionSchedule stored = new SolutionSchedule();
        StateCodec.open("schedule", StateCodec.seal(whole::write), in -> {
            stored.read(in);
            return stored;
        });
        for (int n = 0; n < 1000; n++) {
            assertThat(stored.isDue()).isEqualTo(whole.isDue());
            if (whole.isDue()) {
                whole.solved();
                stored.solved();
            }
            whole.learnt();
            stored.learnt();
        }
    }
}
