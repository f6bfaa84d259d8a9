package dev.levitstream.common;

import java.util.SplittableRandom;

/**
 * Randomness as a pure function of (seed, purpose, counter). A snapshot therefore stores two longs, where Java's own
 * generators hide their state and the engine's is one for the whole process.
 */
public final class Randomness {
    /** What a generator is for; two purposes never share numbers. */
    public enum Purpose {
        INITIALISE(1),
        GROW_HEAD(2),
        UPDATE(3),
        ADMIT(4),
        GENERATE(5);

        /** Part of the generator's seed: never change one. */
        private final long number;

        Purpose(long number) {
            this.number = number;
        }
    }

    private Randomness() {}

    /** The generator of one purpose at one count. */
    public static SplittableRandom at(long seed, Purpose purpose, long counter) {
        return new SplittableRandom(mix(mix(mix(seed) + purpose.number) + counter));
    }

    /**
     * Fills {@code out} with independent standard normals (Box and Muller 1958); StrictMath, so the bits never vary.
     */
    public static void normals(SplittableRandom random, float[] out) {
        for (int i = 0; i < out.length; i += 2) {
            double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
            double angle = 2 * Math.PI * random.nextDouble();
            out[i] = (float) (radius * StrictMath.cos(angle));
            if (i + 1 < out.length) {
                out[i + 1] = (float) (radius * StrictMath.sin(angle));
            }
        }
    }

    /** Finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
    private static long mix(long z) {
        long a = (z + 0x9E3779B97F4A7C15L);
        a = (a ^ (a >>> 30)) * 0xBF58476D1CE4E5B9L;
        a = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return a ^ (a >>> 31);
    }
}
