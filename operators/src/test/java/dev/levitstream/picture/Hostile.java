package dev.levitstream.picture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.levitstream.common.ImageShape;
import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A picture that may not cost {@value #TIMES} times the CPU of an honest one of two megapixels, measured beside it, or
 * 200 MB of allocation: what it costs is printed.
 *
 * @param shape of the image that it is to become
 * @param bytes are made when its turn comes
 * @param outcome what is to become of it: {@code decoded}, or how the reason begins
 */
record Hostile(String name, ImageShape shape, Supplier<byte[]> bytes, String outcome) {
    static final int MESSAGE = 16 << 20;

    private static final int TIMES = 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    void assertCheap() {
        byte[] honest = Jpegs.encoded(Jpegs.noise(1024, 2048, BufferedImage.TYPE_INT_RGB), false);
        byte[] picture = bytes.get();
        double yardstick = seconds(() -> found(honest, new ImageShape(1024, 2048, 3)));
        AtomicReference<String> found = new AtomicReference<>();
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        double seconds = seconds(() -> found.set(found(picture, shape)));
        double megabytes = (THREADS.getCurrentThreadAllocatedBytes() - allocated) / 1e6;
        System.out.printf(
                "%-40s %12s %9d bytes %6.3f s CPU (honest %.3f) %7.1f MB %s%n",
                name, shape, picture.length, seconds, yardstick, megabytes, found.get());
        assertThat(found.get()).startsWith(outcome);
        assertThat(picture.length).isLessThanOrEqualTo(MESSAGE + (1 << 16));
        assertThat(seconds / yardstick).isLessThan(TIMES);
        assertThat(megabytes).isLessThan(200);
    }

    /** Of this thread's CPU. */
    private static double seconds(Runnable work) {
        long before = THREADS.getCurrentThreadCpuTime();
        work.run();
        return (THREADS.getCurrentThreadCpuTime() - before) / 1e9;
    }

    private static String found(byte[] picture, ImageShape shape) {
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
