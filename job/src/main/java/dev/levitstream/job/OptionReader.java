package dev.levitstream.job;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Turns text into values, and keeps a list of every option it was asked for: key, default, unit, rule and meaning are
 * said once, where the option is read, and {@code --help} is that list.
 */
final class OptionReader {
    private final Map<String, String> given;
    private final List<Option> options = new ArrayList<>();

    /**
     * One option as help shows it.
     *
     * @param key dotted name
     * @param defaultValue as text
     * @param rule unit and allowed values
     * @param meaning in a few words
     */
    record Option(String key, String defaultValue, String rule, String meaning) {}

    OptionReader(Map<String, String> given) {
        this.given = new LinkedHashMap<>(given);
    }

    /** What was asked for, in that order. */
    List<Option> options() {
        return options;
    }

    String text(String key, String defaultValue, String rule, String meaning) {
        options.add(new Option(key, defaultValue, rule, meaning));
        return given.getOrDefault(key, defaultValue);
    }

    int integer(String key, int defaultValue, String rule, String meaning) {
        return parse(key, Integer.toString(defaultValue), rule, meaning, "a whole number", Integer::parseInt);
    }

    long whole(String key, long defaultValue, String rule, String meaning) {
        return parse(key, Long.toString(defaultValue), rule, meaning, "a whole number", Long::parseLong);
    }

    double number(String key, double defaultValue, String rule, String meaning) {
        return parse(key, Double.toString(defaultValue), rule, meaning, "a number", Double::parseDouble);
    }

    Instant instant(String key, Instant defaultValue, String meaning) {
        String form = "a time as in " + defaultValue;
        return parse(key, defaultValue.toString(), form, meaning, form, text -> {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(text, e);
            }
        });
    }

    boolean yesNo(String key, boolean defaultValue, String meaning) {
        return parse(key, Boolean.toString(defaultValue), "true or false", meaning, "true or false", text -> {
            if (!text.equals("true") && !text.equals("false")) {
                throw new IllegalArgumentException(text);
            }
            return Boolean.parseBoolean(text);
        });
    }

    List<Integer> integers(String key, List<Integer> defaultValue, String rule, String meaning) {
        String text =
                String.join(",", defaultValue.stream().map(String::valueOf).toList());
        return parse(
                key,
                text,
                rule,
                meaning,
                "whole numbers with commas between",
                given -> given.isBlank()
                        ? List.of()
                        : Arrays.stream(given.split(",", -1))
                                .map(String::trim)
                                .map(Integer::parseInt)
                                .toList());
    }

    /** One of an enum's constants, lower case with hyphens. */
    <E extends Enum<E>> E choice(String key, E defaultValue, String meaning) {
        E[] all = defaultValue.getDeclaringClass().getEnumConstants();
        return choice(
                key,
                defaultValue,
                all,
                value -> value.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                meaning);
    }

    <E> E choice(String key, E defaultValue, E[] all, Function<E, String> names, String meaning) {
        String allowed = String.join(", ", Arrays.stream(all).map(names).toList());
        return parse(
                key,
                names.apply(defaultValue),
                allowed,
                meaning,
                "one of " + allowed,
                text -> Arrays.stream(all)
                        .filter(value -> names.apply(value).equals(text))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(text)));
    }

    private <T> T parse(
            String key, String defaultValue, String rule, String meaning, String form, Function<String, T> parser) {
        String text = text(key, defaultValue, rule, meaning).trim();
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + "=" + text + " must be " + form, e);
        }
    }
}
