package dev.levitstream.cli;

import dev.levitstream.bench.report.MarkdownReport;
import dev.levitstream.bench.run.RunFolder;
import dev.levitstream.bench.run.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One table of many reports. */
@Command(
        name = "table",
        mixinStandardHelpOptions = true,
        description = "Prints one Markdown table of several reports, or writes it into a file between the lines"
                + " <!-- bench:begin --> and <!-- bench:end -->.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchTableCommand implements Callable<Integer> {
    private static final String BEGIN = "<!-- bench:begin -->\n";
    private static final String END = "<!-- bench:end -->";

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "DIR", description = "Folders of bench runs.")
    private List<Path> folders;

    @Option(names = "--into", paramLabel = "FILE", description = "File to write the table into.")
    private @Nullable Path file;

    @Override
    public Integer call() throws IOException {
        List<RunResult> results = new ArrayList<>();
        for (Path folder : folders) {
            results.addAll(new RunFolder(folder).all());
        }
        String table = MarkdownReport.table(results);
        if (file == null) {
            spec.commandLine().getOut().print(table);
            spec.commandLine().getOut().flush();
            return 0;
        }
        String text = Files.readString(file);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("into=" + file + " must have the lines " + BEGIN.trim() + " and " + END);
        }
        Files.writeString(file, text.substring(0, begin + BEGIN.length()) + table + text.substring(end));
        return 0;
    }
}
