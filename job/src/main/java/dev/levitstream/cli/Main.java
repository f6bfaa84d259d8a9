package dev.levitstream.cli;

import dev.levitstream.embedded.OneLine;
import dev.levitstream.embedded.ProcessFolder;
import dev.levitstream.job.CommandLineOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Entry point of {@code bin/levit-stream}. */
@Command(
        name = "levit-stream",
        mixinStandardHelpOptions = true,
        version = "levit-stream 0.1.0",
        description =
                "Learns from image streams for ever: predictions and component-created events out of Kafka images.",
        subcommands = {DemoCommand.class, BenchCommand.class, PublishCommand.class, WatchCommand.class})
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Runs a command and ends the process: 0 done, 1 failed, 2 wrong usage. */
    public static void main(String[] args) {
        int code = commandLine(args).setExecutionStrategy(Main::inProcessFolder).execute(args);
        // Flink and Kafka leave threads behind that are not daemons
        System.exit(code);
    }

    private static int inProcessFolder(CommandLine.ParseResult parsed) {
        Integer helped = CommandLine.executeHelpRequest(parsed);
        if (helped != null) {
            return helped;
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        if (Files.exists(temporary)) { // not started by the script, which gives each process one of its own
            return runLast(parsed);
        }
        try (ProcessFolder folder = ProcessFolder.make(temporary)) {
            return runLast(parsed);
        } catch (IOException e) {
            CommandLine command = parsed.commandSpec().commandLine();
            throw new CommandLine.ExecutionException(command, OneLine.of(e), e);
        }
    }

    /** Runs the last command of the line; options of one before it would have no effect. */
    private static int runLast(CommandLine.ParseResult parsed) {
        for (CommandLine.ParseResult at = parsed; at.hasSubcommand(); at = at.subcommand()) {
            for (Model.OptionSpec option : at.matchedOptions()) {
                throw new ParameterException(
                        at.subcommand().commandSpec().commandLine(),
                        option.longestName() + " is an option of "
                                + at.commandSpec().qualifiedName() + ", not of "
                                + at.subcommand().commandSpec().qualifiedName());
            }
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /**
     * The commands, with one-line errors.
     *
     * @param args that will be parsed: which options there are depends on the method that they name
     */
    static CommandLine commandLine(String... args) {
        CommandLine run = new CommandLine(new RunCommand());
        CommandLineOptions.addTo(
                run.getCommandSpec(),
                "levit-stream run",
                args); // not annotated: they are generated from the option records
        CommandLine commandLine = new CommandLine(new Main()).addSubcommand(run);
        commandLine.setExecutionStrategy(Main::runLast);
        commandLine.setParameterExceptionHandler((e, given) -> usageError(e));
        commandLine.setExecutionExceptionHandler((e, command, parsed) -> {
            PrintWriter err = command.getErr();
            err.println(command.getColorScheme().errorText("levit-stream: " + OneLine.of(e)));
            if (System.getenv("LEVIT_STREAM_TRACE") != null) {
                e.printStackTrace(err);
            }
            return e instanceof IllegalArgumentException ? 2 : 1;
        });
        return commandLine;
    }

    private static int usageError(ParameterException e) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        String closest = e instanceof CommandLine.UnmatchedArgumentException unmatched
                ? CommandLineOptions.closest(unmatched)
                : "";
        err.println(command.getColorScheme().errorText("levit-stream: " + e.getMessage() + closest));
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return 2;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
