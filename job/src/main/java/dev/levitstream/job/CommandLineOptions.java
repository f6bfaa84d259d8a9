package dev.levitstream.job;

import dev.levitstream.common.OptionReader;
import dev.levitstream.learner.LearnerMethods;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The job's options on a command line: {@code --key value}, with a properties file of the same keys beneath. */
public final class CommandLineOptions {
    private static final int KEY_COLUMN = 34;

    private CommandLineOptions() {}

    /**
     * Adds every job option, and those of the method that is asked for, to a command.
     *
     * @param invocation how the command is called, for its help
     * @param args of the command line, for they may name a method
     */
    public static void addTo(CommandSpec spec, String invocation, String... args) {
        spec.usageMessage().customSynopsis(invocation + " [--config FILE] [--KEY VALUE]...");
        addFile(spec);
        List<OptionReader.Option> options = OptionCatalogue.all(method(args));
        options.forEach(option -> spec.addOption(visible(option)));
        options.stream()
                .filter(option -> !option.formerKey().equals(option.key()))
                .forEach(option -> spec.addOption(OptionSpec.builder("--" + option.formerKey())
                        .type(String.class)
                        .hidden(true)
                        .build()));
        spec.usageMessage().longOptionsMaxWidth(KEY_COLUMN).width(110).sortOptions(false);
    }

    private static void addFile(CommandSpec spec) {
        spec.addOption(OptionSpec.builder("--" + OptionCatalogue.CONFIG)
                .paramLabel("FILE")
                .type(String.class)
                .description("Properties file with any of these keys; the command line wins.")
                .build());
    }

    private static OptionSpec visible(OptionReader.Option option) {
        return OptionSpec.builder("--" + option.key())
                .paramLabel("VALUE")
                .type(String.class)
                .description(sentence(option))
                .build();
    }

    /** The method that arguments, or a file that they name, ask for; the default one where that cannot be told yet. */
    private static String method(String... args) {
        CommandSpec first = CommandSpec.create();
        addFile(first);
        first.addOption(OptionSpec.builder("--" + OptionCatalogue.LEARNER)
                .type(String.class)
                .build());
        first.parser().unmatchedArgumentsAllowed(true).collectErrors(true);
        ParseResult parsed = new CommandLine(first).parseArgs(args);
        String file = parsed.matchedOptionValue("--" + OptionCatalogue.CONFIG, "");
        String inFile = !file.isEmpty() && Files.isReadable(Path.of(file))
                ? readProperties(Path.of(file)).getProperty(OptionCatalogue.LEARNER, OptionCatalogue.DEFAULT_LEARNER)
                : OptionCatalogue.DEFAULT_LEARNER;
        String name = parsed.matchedOptionValue("--" + OptionCatalogue.LEARNER, inFile);
        return LearnerMethods.all().stream().anyMatch(known -> known.name().equals(name))
                ? name
                : OptionCatalogue.DEFAULT_LEARNER;
    }

    private static String sentence(OptionReader.Option option) {
        String shown = option.defaultValue().isEmpty() ? "none" : option.defaultValue();
        String text = option.meaning() + "; " + option.rule() + ". Default: " + shown + ".";
        return (Character.toUpperCase(text.charAt(0)) + text.substring(1)).replace("%", "%%");
    }

    /**
     * The job options in a parsed command line.
     *
     * @param defaults beneath both file and command line
     * @param warn is told what the user should know, a line each
     * @throws IllegalArgumentException with key, value and rule, or the closest known key
     */
    public static JobOptions read(ParseResult parsed, Map<String, String> defaults, Consumer<String> warn) {
        Map<String, String> given = new LinkedHashMap<>(defaults);
        String file = parsed.matchedOptionValue("--" + OptionCatalogue.CONFIG, "");
        if (!file.isEmpty()) {
            given.putAll(readFile(Path.of(file), parsed.commandSpec()));
        }
        parsed.matchedOptions().stream()
                .filter(option -> option.type() == String.class) // the command's own are of other types
                .forEach(option -> given.put(option.longestName().substring(2), option.getValue()));
        return OptionCatalogue.read(given, warn);
    }

    private static Properties readProperties(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new IllegalArgumentException("config=" + file + " must be a readable file: " + e, e);
        }
        return properties;
    }

    /** @param known options of the command that the file is given to */
    private static Map<String, String> readFile(Path file, CommandSpec known) {
        Properties properties = readProperties(file);
        Stream<String> keys = known.options().stream()
                .filter(option -> option.type() == String.class)
                .map(option -> option.longestName().substring(2));
        requireKnown("config=" + file, properties.stringPropertyNames(), keys);
        Map<String, String> given = new LinkedHashMap<>();
        properties.stringPropertyNames().forEach(key -> given.put(key, properties.getProperty(key)));
        return given;
    }

    /**
     * Checks that settings are options of the job or of one of some methods.
     *
     * @param origin where they were given
     * @param methods names
     * @throws IllegalArgumentException with the closest known key
     */
    public static void requireOptions(String origin, Set<String> keys, Collection<String> methods) {
        requireKnown(
                origin,
                keys,
                methods.stream()
                        .flatMap(method -> OptionCatalogue.all(method).stream())
                        .flatMap(option -> Stream.of(option.key(), option.formerKey())));
    }

    private static void requireKnown(String origin, Set<String> keys, Stream<String> known) {
        CommandSpec spec = CommandSpec.create();
        known.distinct()
                .forEach(key -> spec.addOption(
                        OptionSpec.builder("--" + key).type(String.class).build()));
        for (String key : keys) {
            // picocli names the closest known key
            try {
                new CommandLine(spec).parseArgs("--" + key, "");
            } catch (CommandLine.UnmatchedArgumentException e) {
                throw new IllegalArgumentException(origin + ": unknown key " + key + closest(e), e);
            }
        }
    }

    /**
     * What an unknown option was probably meant to be, as a clause to append: of all suggestions, what begins alike.
     */
    public static String closest(CommandLine.UnmatchedArgumentException e) {
        String given = e.getUnmatched().get(0);
        return e.getSuggestions().stream()
                .max(Comparator.comparingInt(known -> commonPrefix(known, given)))
                .map(known -> "; closest known: " + known)
                .orElse("");
    }

    private static int commonPrefix(String one, String other) {
        int length = 0;
        while (length < Math.min(one.length(), other.length()) && one.charAt(length) == other.charAt(length)) {
            length++;
        }
        return length;
    }
}
