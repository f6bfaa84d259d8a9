package dev.levitstream.picture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.levitstream.common.ImageShape;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/**
 * A picture that may not cost a second of CPU or 200 MB of allocation: what it costs is measured and printed.
 *
 * @param shape of the image that it is to become
 * @param bytes are made when its turn comes
 * @param outcome what is to become of it: {@code decoded}, or how the reason begins
 */
record Hostile(String name, ImageShape shape, Supplier<byte[]> bytes, String outcome) {
    static final int MESSAGE = 16 << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    void assertCheap() {
        byte[] picture = bytes.get();
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long cpu = THREADS.getCurrentThreadCpuTime();
        String found = found(picture);
        double seconds = (THREADS.getCurrentThreadCpuTime() - cpu) / 1e9;
        double megabytes = (THREADS.getCurrentThreadAllocatedBytes() - allocated) / 1e6;
        System.out.printf(
                "%-40s %12s %9d bytes %6.3f s CPU %7.1f MB %s%n",
                name, shape, picture.length, seconds, megabytes, found);
        assertThat(found).startsWith(outcome);
        assertThat(picture.length).isLessThanOrEqualTo(MESSAGE + (1 << 16));
        assertThat(seconds).isLessThan(1);
        assertThat(megabytes).isLessThan(200);
    }

    private String found(byte[] picture) {
        try {
            Picture.of(picture, PictureOptions.DEFAULT).pixels(shape);
            return "decoded";
        } catch (PictureException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
