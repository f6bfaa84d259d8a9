package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowedAccuracyTest {
    @Test
    void itIsNoNumberBeforeTheFirstImage() {
        assertThat(new WindowedAccuracy().share()).isNaN();
    }

    @Test
    void itIsTheShareOfTheLatestImages() {
        Random random = new Random(1);
        WindowedAccuracy accuracy = new WindowedAccuracy();
        List<Boolean> all = new ArrayList<>();
        for (int i = 0; i < 3500; i++) {
            boolean isRight = random.nextInt(3500) < i;
            accuracy.add(isRight);
            all.add(isRight);
            List<Boolean> latest = all.subList(Math.max(0, all.size() - WindowedAccuracy.WINDOW), all.size());
            double right = latest.stream().filter(each -> each).count();
            assertThat(accuracy.share()).isEqualTo(right / latest.size());
        }
    }
}
