package dev.levitstream.cli;

import dev.levitstream.bench.report.Reports;
import dev.levitstream.bench.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Two reports side by side. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = "Puts the series of two reports side by side, paired over the seeds that both have.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchCompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "A", description = "Folder of a bench run.")
    private Path a;

    @Parameters(index = "1", paramLabel = "B", description = "Another, or the same, to compare its series.")
    private Path b;

    @Override
    public Integer call() throws IOException {
        spec.commandLine().getOut().print(Reports.compare(new RunFolder(a), new RunFolder(b)));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
