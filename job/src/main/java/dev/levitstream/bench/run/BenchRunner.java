package dev.levitstream.bench.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;

/** Runs plans side by side, each in one thread, and keeps every result as soon as it is there. */
public final class BenchRunner {
    private final Benchmark benchmark;
    private final RunFolder folder;

    public BenchRunner(Benchmark benchmark, RunFolder folder) {
        this.benchmark = benchmark;
        this.folder = folder;
    }

    /**
     * Plans that have no result yet.
     *
     * @param resume false to run all of them anew
     */
    public List<RunPlan> open(List<RunPlan> plans, boolean resume) throws IOException {
        List<RunPlan> open = new ArrayList<>();
        for (RunPlan plan : plans) {
            plan.options(benchmark.shape()); // a wrong option ends everything now, not after an hour
            Optional<RunResult> found = resume ? folder.find(plan, benchmark) : Optional.empty();
            if (found.isEmpty()) {
                open.add(plan);
            }
        }
        return open;
    }

    /** Images that the plans predict in all (count). */
    public long work(List<RunPlan> plans) {
        return plans.stream()
                .mapToLong(plan -> InProcessRun.work(benchmark, plan))
                .sum();
    }

    /**
     * Runs plans.
     *
     * @param parallel at once, at least 1
     * @param progress told of images as they are done, from several threads
     */
    public void run(List<RunPlan> plans, int parallel, LongConsumer progress) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(parallel, work -> {
            Thread thread = new Thread(work, "bench");
            thread.setDaemon(true);
            return thread;
        });
        try {
            CompletionService<RunResult> finished = new ExecutorCompletionService<>(threads);
            plans.forEach(plan -> finished.submit(() -> new InProcessRun(benchmark, plan, progress).run()));
            for (int i = 0; i < plans.size(); i++) {
                folder.add(finished.take().get());
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            threads.shutdownNow();
        }
    }
}
