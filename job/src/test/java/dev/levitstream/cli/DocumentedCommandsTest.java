package dev.levitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.job.CommandLineOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Commands in the documents are parsed by the classes that would run them; nothing is run. */
class DocumentedCommandsTest {
    private static final Path ROOT = Path.of("..");
    private static final List<String> DOCUMENTS =
            List.of("README.md", "schemas/README.md", "operators/README.md", "job/README.md", "deploy/README.md");
    private static final Set<String> PHASES =
            Set.of("clean", "validate", "compile", "test-compile", "test", "package", "verify", "spotless:apply");
    /** Options of Maven that take the next word. */
    private static final Set<String> WITH_VALUE = Set.of("-pl", "--projects", "-f");

    private static final Pattern FLAG = Pattern.compile("-(B|q|o|ntp|am|P[a-z]+|D[\\w.-]+(=.*)?)");
    private static final Pattern TEST = Pattern.compile("-D(?:it\\.)?test=(\\w+)");
    /** A value that its reader is to replace, as {@code KEY=VALUE}. */
    private static final Pattern PLACEHOLDER = Pattern.compile("[A-Z]+");

    /** What is wrong with a command; empty if nothing is. */
    private static Optional<String> wrong(DocumentedCommand command) {
        try {
            switch (command.program()) {
                case "levit-stream" -> checkOurs(command.arguments());
                case "bench" -> checkOurs(command.words());
                case "mvn" -> checkMaven(command.arguments());
                case "flink" -> checkFlink(command.arguments());
                default -> checkScripts(command.words());
            }
            return Optional.empty();
        } catch (CommandLine.MissingParameterException e) {
            return Optional.ofNullable(e.getMessage()).filter(message -> command.isTyped());
        } catch (CommandLine.UnmatchedArgumentException e) {
            return Optional.of(e.getMessage() + CommandLineOptions.closest(e));
        } catch (CommandLine.ParameterException | IllegalArgumentException | IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static void checkOurs(List<String> arguments) {
        ParseResult parsed = parsed(arguments);
        while (parsed.hasSubcommand()) {
            parsed = parsed.subcommand();
        }
        for (PositionalParamSpec positional : parsed.matchedPositionals()) {
            Iterable<String> candidates = positional.completionCandidates();
            if (candidates != null) {
                assertOneOf(positional.paramLabel(), parsed.matchedPositionalValue(0, ""), candidates);
            }
        }
        for (String name : List.of("--set", "--vary")) {
            if (parsed.hasMatchedOption(name)) {
                parsed.matchedOption(name).originalStringValues().forEach(DocumentedCommandsTest::checkSetting);
            }
        }
    }

    private static void assertOneOf(String what, String found, Iterable<String> candidates) {
        for (String candidate : candidates) {
            if (candidate.equals(found)) {
                return;
            }
        }
        throw new IllegalArgumentException(what + "=" + found + " must be one of " + candidates);
    }

    /** KEY=VALUE of any option of {@code run}. */
    private static void checkSetting(String setting) {
        String[] parts = setting.split("=", 2);
        if (!PLACEHOLDER.matcher(parts[0]).matches()) {
            parsed(List.of("run", "--" + parts[0], parts[1]));
        }
    }

    private static void checkFlink(List<String> arguments) throws IOException {
        if (arguments.isEmpty() || !arguments.get(0).equals("run")) {
            return;
        }
        int jar = 1;
        while (!arguments.get(jar).endsWith(".jar")) {
            jar++;
        }
        if (!Files.readString(ROOT.resolve("job/src/main/assembly/distribution.xml"))
                .contains(Path.of(arguments.get(jar)).getFileName().toString())) {
            throw new IllegalArgumentException("jar=" + arguments.get(jar) + " must be one of the distribution");
        }
        CommandSpec options = CommandSpec.create();
        CommandLineOptions.addTo(options, "");
        new CommandLine(options)
                .parseArgs(arguments.subList(jar + 1, arguments.size()).toArray(String[]::new));
    }

    private static void checkMaven(List<String> arguments) throws IOException {
        String parent = Files.readString(ROOT.resolve("pom.xml"));
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (WITH_VALUE.contains(word)) {
                for (String module : arguments.get(++i).split(",", -1)) {
                    require(parent.contains("<module>" + module + "</module>"), word + " " + module + " is no module");
                }
            } else if (word.startsWith("-")) {
                require(FLAG.matcher(word).matches(), word + " is no flag that is known here");
            } else {
                require(PHASES.contains(word), word + " is no goal that is known here");
            }
            Matcher test = TEST.matcher(word);
            if (test.matches() && !test.group(1).equals("NoSuch")) {
                require(isTest(test.group(1)), test.group(1) + " is no test");
            }
            if (word.startsWith("-P")) {
                String profile = "<id>" + word.substring(2) + "</id>";
                require(
                        parent.contains(profile)
                                || Files.readString(ROOT.resolve("operators/pom.xml"))
                                        .contains(profile),
                        word + " is no profile");
            }
        }
    }

    private static boolean isTest(String name) throws IOException {
        for (String module : List.of("schemas", "operators", "job")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
                if (files.anyMatch(path -> path.endsWith(name + ".java"))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Scripts of ours must be where they are said to be. */
    private static void checkScripts(List<String> words) {
        for (String word : words) {
            boolean isScript = word.endsWith(".sh") || word.endsWith(".py") || word.endsWith(".avsc");
            require(!isScript || !word.contains("/") || Files.exists(ROOT.resolve(word)), word + " does not exist");
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    private static List<String> wrongIn(Path document, String name) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (DocumentedCommand command : DocumentedCommand.in(document, name)) {
            wrong(command).ifPresent(message -> wrong.add(command.place() + ": " + message));
        }
        return wrong;
    }

    @Test
    void everyCommandInTheDocumentsIsUnderstood() throws IOException {
        List<String> programs = new ArrayList<>();
        for (String document : DOCUMENTS) {
            Path file = ROOT.resolve(document);
            assertThat(wrongIn(file, document)).isEmpty();
            DocumentedCommand.in(file, document).forEach(command -> programs.add(command.program()));
        }
        assertThat(programs).contains("levit-stream", "bench", "mvn", "flink", "deploy/topics.sh", "python3");
    }

    @Test
    void aWrongCommandIsFoundWithItsLineAndTheClosestOption(@TempDir Path dir) throws IOException {
        Path document = dir.resolve("document.md");
        Files.writeString(document, """
                What `bench table` writes, `levit-stream watch
                --jsn` shows:
                ```
                bin/levit-stream publish --rate 5 | levit-stream demo --folder DIR && levit-stream stop
                X=1 levit-stream run --learner er \\
                  --lerner er 2>&1 # no matter: --nothing
                ```
                ```
                bench split-mnit --runs 2
                bench split-mnist --set batch.siz=3
                bench split-mnist --runs two
                bench table --into FILE
                mvn -q -pl job,jobs verify -Dx="-a -b"
                mvn -B -Dit.test=NoSuchIT -Pspeed install
                flink run -d a/levit-stream-job.jar --imag 8x8x1
                deploy/topic.sh HOST:PORT
                ```
                ```json
                levit-stream nothing
                ```
                """);
        assertThat(wrongIn(document, "d.md"))
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line)
                                .startsWith("d.md:1: ")
                                .contains("--jsn")
                                .endsWith("--json"),
                        line -> assertThat(line).startsWith("d.md:4: ").contains("stop"),
                        line -> assertThat(line).startsWith("d.md:5: ").endsWith("closest known: --learner"),
                        line -> assertThat(line).startsWith("d.md:9: NAME=split-mnit must be one of "),
                        line -> assertThat(line).startsWith("d.md:10: ").endsWith("closest known: --batch.size"),
                        line -> assertThat(line).startsWith("d.md:11: ").contains("'two' is not an int"),
                        line -> assertThat(line).isEqualTo("d.md:12: Missing required parameter: 'DIR'"),
                        line -> assertThat(line).isEqualTo("d.md:13: -pl jobs is no module"),
                        line -> assertThat(line).isEqualTo("d.md:14: NoSuchIT is no test"),
                        line -> assertThat(line).startsWith("d.md:15: ").endsWith("closest known: --image"),
                        line -> assertThat(line).isEqualTo("d.md:16: deploy/topic.sh does not exist"));
    }

    private static ParseResult parsed(List<String> arguments) {
        String[] args = arguments.toArray(String[]::new);
        return Main.commandLine(args).parseArgs(args);
    }
}
