package dev.levitstream.bench.run;

import dev.levitstream.common.ImageShape;
import java.util.List;

/**
 * A stream of tasks with known changes.
 *
 * @param name of the benchmark
 * @param shape of all images
 * @param tasks in the order of the stream
 */
public record Benchmark(String name, ImageShape shape, List<Task> tasks) {
    /** All of it but the images. */
    public BenchmarkSummary summary() {
        return new BenchmarkSummary(name, tasks.stream().map(Task::name).toList(), trainImages(), testImages());
    }

    /** Training images (count). */
    public long trainImages() {
        return tasks.stream().mapToLong(task -> task.train().size()).sum();
    }

    /** Test images (count). */
    public long testImages() {
        return tasks.stream().mapToLong(task -> task.test().size()).sum();
    }
}
