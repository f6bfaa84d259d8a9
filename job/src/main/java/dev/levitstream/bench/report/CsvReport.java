package dev.levitstream.bench.report;

import dev.levitstream.bench.run.AccuracyMatrix;
import dev.levitstream.bench.run.ChangeDetection.CreatedComponent;
import dev.levitstream.bench.run.RunResult;
import dev.levitstream.bench.run.RunSetup;
import dev.levitstream.bench.run.StreamTrace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** Everything as comma-separated values (RFC 4180): runs, accuracy matrices, traces, expansions. NaN is empty. */
final class CsvReport {
    private CsvReport() {}

    static void write(List<RunResult> results, Path folder) throws IOException {
        try (CSVPrinter csv = open(folder.resolve("runs.csv"))) {
            runs(csv, results);
        }
        try (CSVPrinter csv = open(folder.resolve("accuracy-matrix.csv"))) {
            csv.printRecord("learner", "seed", "after task", "task", "accuracy");
            for (RunResult run : results) {
                matrix(csv, run.setup(), run.accuracies().matrix());
            }
        }
        try (CSVPrinter csv = open(folder.resolve("trace.csv"))) {
            csv.printRecord("learner", "seed", "image", "accuracy", "novelty");
            for (RunResult run : results) {
                trace(csv, run.setup(), run.trace());
            }
        }
        try (CSVPrinter csv = open(folder.resolve("expansions.csv"))) {
            csv.printRecord("learner", "seed", "image", "task", "component", "measured", "threshold");
            for (RunResult run : results) {
                expansions(csv, run.setup(), run.changes().expansions());
            }
        }
    }

    private static CSVPrinter open(Path file) throws IOException {
        return CSVFormat.RFC4180.print(file, StandardCharsets.UTF_8);
    }

    private static void runs(CSVPrinter csv, List<RunResult> results) throws IOException {
        List<Object> header = new ArrayList<>(
                List.of("benchmark", "learner", "seed", "preset", "routing", "commit", "train images", "test images"));
        header.addAll(results.get(0).figures().keySet());
        csv.printRecord(header);
        for (RunResult run : results) {
            RunSetup setup = run.setup();
            csv.print(setup.benchmark().name());
            csv.print(setup.name());
            csv.print(setup.plan().seed());
            csv.print(setup.plan().preset());
            csv.print(setup.routing());
            csv.print(setup.build().commit());
            csv.print(setup.benchmark().trainImages());
            csv.print(setup.benchmark().testImages());
            for (double figure : run.figures().values()) {
                csv.print(cell(figure));
            }
            csv.println();
        }
    }

    private static void matrix(CSVPrinter csv, RunSetup setup, AccuracyMatrix matrix) throws IOException {
        for (int i = 0; i < matrix.rows().size(); i++) {
            List<Double> row = matrix.rows().get(i);
            for (int j = 0; j < row.size(); j++) {
                csv.printRecord(setup.name(), setup.plan().seed(), i, j, row.get(j));
            }
        }
    }

    private static void trace(CSVPrinter csv, RunSetup setup, StreamTrace trace) throws IOException {
        for (int i = 0; i < trace.image().size(); i++) {
            csv.printRecord(
                    setup.name(),
                    setup.plan().seed(),
                    trace.image().get(i),
                    cell(trace.accuracy().get(i)),
                    cell(trace.novelty().get(i)));
        }
    }

    private static void expansions(CSVPrinter csv, RunSetup setup, List<CreatedComponent> expansions)
            throws IOException {
        for (CreatedComponent one : expansions) {
            csv.printRecord(
                    setup.name(),
                    setup.plan().seed(),
                    one.image(),
                    one.task(),
                    one.component(),
                    cell(one.distance()),
                    cell(one.threshold()));
        }
    }

    private static @Nullable Double cell(double value) {
        return Double.isNaN(value) ? null : value;
    }
}
