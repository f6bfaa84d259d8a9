package dev.levitstream.bench.run;

import java.util.List;
import java.util.Locale;

/**
 * What tells a benchmark's stream from others, without its images.
 *
 * @param name of the benchmark
 * @param tasks their names in the order of the stream
 * @param trainImages images of the stream (count)
 * @param testImages held-out images of all tasks (count)
 */
public record BenchmarkSummary(String name, List<String> tasks, long trainImages, long testImages) {
    public BenchmarkSummary {
        tasks = List.copyOf(tasks);
    }

    /** As {@code 60,000 images in 5 tasks, 10,000 test images}. */
    public String text() {
        return String.format(
                Locale.ROOT, "%,d images in %d tasks, %,d test images", trainImages, tasks.size(), testImages);
    }
}
