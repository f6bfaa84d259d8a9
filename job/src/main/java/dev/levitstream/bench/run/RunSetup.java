package dev.levitstream.bench.run;

/**
 * What was run, on what, and of which build.
 *
 * @param name tells the run from the others of a report, but for the seed
 * @param plan what was run
 * @param benchmark what it was run on
 * @param routing router and score, as in the options; {@code none} if the learner does not route
 * @param build what it was measured with
 */
public record RunSetup(String name, RunPlan plan, BenchmarkSummary benchmark, String routing, Build build) {
    static RunSetup of(String name, RunPlan plan, Benchmark benchmark) {
        String routing = plan.options(benchmark.shape()).own().variant();
        return new RunSetup(name, plan, benchmark.summary(), routing, Build.current());
    }
}
