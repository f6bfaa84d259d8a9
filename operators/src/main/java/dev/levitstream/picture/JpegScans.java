package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import java.util.Arrays;

/**
 * Which coefficients have come, and how exactly. Each scan must bring what is new, and after the last one all must be
 * there to the last bit: so no scan can be repeated, and a missing end is noticed with or without an EOI marker.
 */
final class JpegScans {
    private static final int COEFFICIENTS = 64;
    private static final int ABSENT = -1;

    private final JpegFrame frame;
    private final PictureLimits limits;
    private final int[][] missingBits; // of each component's coefficients; ABSENT before the first scan
    private int count;
    private long samples; // that the scans go over

    JpegScans(JpegFrame frame, PictureLimits limits) {
        this.frame = frame;
        this.limits = limits;
        this.missingBits = new int[frame.ids().size()][COEFFICIENTS];
        for (int[] component : missingBits) {
            Arrays.fill(component, ABSENT);
        }
    }

    JpegFrame frame() {
        return frame;
    }

    /** Reads what follows the length of an SOS segment. */
    void add(byte[] bytes, int from, int length) {
        count++;
        require(count <= PictureLimits.SCANS, "scans", count, "must be at most " + PictureLimits.SCANS);
        int components = length == 0 ? 0 : bytes[from] & 0xFF;
        require(components > 0 && length == 4 + 2 * components, part(), length + " bytes", "must fit its components");
        int selection = from + 1 + 2 * components;
        int first = bytes[selection] & 0xFF;
        int last = bytes[selection + 1] & 0xFF;
        require(first <= last && last < COEFFICIENTS, part(), first + ".." + last, "must be coefficients in 0..63");
        int before = bytes[selection + 2] >> 4 & 0xF;
        int after = bytes[selection + 2] & 0xF;
        require(before == 0 || after == before - 1, part(), before + " to " + after, "must add one bit");
        for (int i = 0; i < components; i++) {
            int component = frame.ids().indexOf(bytes[from + 1 + 2 * i] & 0xFF);
            require(component >= 0, part(), "unknown component", "must be of a component of the frame");
            samples += frame.samples(component);
            for (int k = first; k <= last; k++) {
                if (missingBits[component][k] != (before == 0 ? ABSENT : before)) {
                    throw new PictureException(part(), "coefficient " + k, "must not repeat or skip what came before");
                }
                missingBits[component][k] = after;
            }
        }
        limits.requireSamples(count, samples);
    }

    private String part() {
        return "scan " + count;
    }

    /** Refuses a picture some of whose coefficients never came. */
    void requireComplete() {
        for (int[] component : missingBits) {
            for (int bits : component) {
                require(bits == 0, "scans", count, "must bring every coefficient in full; the picture is cut");
            }
        }
    }
}
