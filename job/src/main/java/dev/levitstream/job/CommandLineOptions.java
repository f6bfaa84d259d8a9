package dev.levitstream.job;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The job's options on a command line: {@code --key value}, with a properties file of the same keys beneath. */
public final class CommandLineOptions {
    private static final int KEY_COLUMN = 34;

    private CommandLineOptions() {}

    /**
     * Adds every job option to a command.
     *
     * @param invocation how the command is called, for its help
     */
    public static void addTo(CommandSpec spec, String invocation) {
        spec.usageMessage().customSynopsis(invocation + " [--config FILE] [--KEY VALUE]...");
        spec.addOption(OptionSpec.builder("--" + OptionCatalogue.CONFIG)
                .paramLabel("FILE")
                .type(String.class)
                .description("Properties file with any of these keys; the command line wins.")
                .build());
        for (OptionReader.Option option : OptionCatalogue.all()) {
            spec.addOption(OptionSpec.builder("--" + option.key())
                    .paramLabel("VALUE")
                    .type(String.class)
                    .description(sentence(option))
                    .build());
        }
        spec.usageMessage().longOptionsMaxWidth(KEY_COLUMN).width(110).sortOptions(false);
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
     * @throws IllegalArgumentException with key, value and rule, or the closest known key
     */
    public static JobOptions read(ParseResult parsed, Map<String, String> defaults) {
        Map<String, String> given = new LinkedHashMap<>(defaults);
        String file = parsed.matchedOptionValue("--" + OptionCatalogue.CONFIG, "");
        if (!file.isEmpty()) {
            given.putAll(readFile(Path.of(file)));
        }
        for (OptionReader.Option option : OptionCatalogue.all()) {
            String name = "--" + option.key();
            if (parsed.hasMatchedOption(name)) {
                given.put(option.key(), parsed.matchedOptionValue(name, ""));
            }
        }
        return OptionCatalogue.read(given);
    }

    private static Map<String, String> readFile(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new IllegalArgumentException("config=" + file + " must be a readable file: " + e, e);
        }
        Map<String, String> given = new LinkedHashMap<>();
        CommandSpec known = CommandSpec.create();
        addTo(known, "");
        for (String key : properties.stringPropertyNames()) {
            // one parser for both: picocli names the closest known key
            try {
                new CommandLine(known).parseArgs("--" + key, properties.getProperty(key));
            } catch (CommandLine.UnmatchedArgumentException e) {
                throw new IllegalArgumentException("config=" + file + ": unknown key " + key + closest(e), e);
            }
            given.put(key, properties.getProperty(key));
        }
        return given;
    }

    /** What an unknown option was probably meant to be, as a clause to append. */
    public static String closest(CommandLine.UnmatchedArgumentException e) {
        return e.getSuggestions().isEmpty()
                ? ""
                : "; closest known: " + e.getSuggestions().get(0);
    }
}
