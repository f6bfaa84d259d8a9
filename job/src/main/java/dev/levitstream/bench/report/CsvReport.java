package dev.levitstream.bench.report;

import dev.levitstream.bench.run.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Everything as comma-separated values (RFC 4180): runs, accuracy matrices, traces, expansions. */
final class CsvReport {
    private CsvReport() {}

    static void write(List<RunResult> results, Path folder) throws IOException {
        List<List<?>> runs = new ArrayList<>();
        List<Object> header = new ArrayList<>(
                List.of("benchmark", "learner", "seed", "preset", "routing", "commit", "train images", "test images"));
        header.addAll(results.get(0).figures().keySet());
        runs.add(header);
        List<List<?>> matrix = new ArrayList<>(List.of(List.of("learner", "seed", "after task", "task", "accuracy")));
        List<List<?>> trace = new ArrayList<>(List.of(List.of("learner", "seed", "image", "accuracy", "novelty")));
        List<List<?>> births = new ArrayList<>(
                List.of(List.of("learner", "seed", "image", "task", "component", "measured", "threshold")));
        for (RunResult run : results) {
            long seed = run.plan().seed();
            List<Object> row = new ArrayList<>(List.of(
                    run.benchmark(),
                    run.name(),
                    seed,
                    run.plan().preset(),
                    run.routing(),
                    run.commit(),
                    run.trainImages(),
                    run.testImages()));
            row.addAll(run.figures().values());
            runs.add(row);
            for (int i = 0; i < run.matrix().size(); i++) {
                for (int j = 0; j < run.matrix().get(i).size(); j++) {
                    matrix.add(
                            List.of(run.name(), seed, i, j, run.matrix().get(i).get(j)));
                }
            }
            RunResult.Trace points = run.trace();
            for (int i = 0; i < points.image().size(); i++) {
                trace.add(List.of(
                        run.name(),
                        seed,
                        points.image().get(i),
                        points.accuracy().get(i),
                        points.novelty().get(i)));
            }
            for (RunResult.Birth birth : run.expansions()) {
                births.add(List.of(
                        run.name(),
                        seed,
                        birth.image(),
                        birth.task(),
                        birth.component(),
                        birth.measured(),
                        birth.threshold()));
            }
        }
        write(folder.resolve("runs.csv"), runs);
        write(folder.resolve("accuracy-matrix.csv"), matrix);
        write(folder.resolve("trace.csv"), trace);
        write(folder.resolve("expansions.csv"), births);
    }

    private static void write(Path file, List<List<?>> rows) throws IOException {
        String text = rows.stream()
                .map(row -> row.stream().map(CsvReport::cell).collect(Collectors.joining(",")))
                .collect(Collectors.joining("\r\n", "", "\r\n"));
        Files.writeString(file, text);
    }

    private static String cell(Object value) {
        String text = value.equals(Double.NaN) ? "" : value.toString();
        boolean quoted = text.contains(",") || text.contains("\"") || text.contains("\n");
        return quoted ? "\"" + text.replace("\"", "\"\"") + "\"" : text;
    }
}
