package dev.levitstream.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.common.Randomness.Purpose;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomnessTest {
    @Test
    void normalsHaveTheMomentsOfAStandardNormal() {
        float[] values = new float[200_001];
        Randomness.normals(Randomness.at(7, Purpose.UPDATE, 3), values);
        double mean = 0;
        double square = 0;
        double fourth = 0;
        for (float value : values) {
            mean += value / values.length;
            square += (double) value * value / values.length;
            fourth += Math.pow(value, 4) / values.length;
        }
        assertThat(mean).isCloseTo(0, within(0.01));
        assertThat(square).isCloseTo(1, within(0.02));
        assertThat(fourth).isCloseTo(3, within(0.1));
    }

    @Test
    void noTwoSeedsPurposesOrCountersShareNumbers() {
        Set<Long> firsts = new HashSet<>();
        int count = 0;
        for (long seed = 0; seed < 20; seed++) {
            for (Purpose purpose : Purpose.values()) {
                for (long counter = 0; counter < 50; counter++) {
                    firsts.add(Randomness.at(seed, purpose, counter).nextLong());
                    count++;
                }
            }
        }
        assertThat(firsts).hasSize(count);
    }
}
