package dev.levitstream.job;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Turns text into values, and keeps a list of every option it was asked for: key, default, unit, rule and meaning are
 * said once, where the option is read, and {@code --help} is that list.
 */
final class OptionReader {
    private final Map<String, String> given;
    private final List<Option> options = new ArrayList<>();
    private final SortedMap<String, String> structure = new TreeMap<>();

    /**
     * One option as help shows it.
     *
     * @param key dotted name
     * @param defaultValue as text
     * @param rule unit and allowed values
     * @param meaning in a few words
     * @param structural whether state depends on it
     */
    record Option(String key, String defaultValue, String rule, String meaning, boolean structural) {}

    OptionReader(Map<String, String> given) {
        this.given = new LinkedHashMap<>(given);
    }

    /** What was asked for, in that order. */
    List<Option> options() {
        return options;
    }

    /** Values of the options that were read as structural, by key. */
    SortedMap<String, String> structure() {
        return structure;
    }

    /**
     * Reads options that shape arrays, give stored numbers their meaning or name what belongs to the state: a restored
     * job must have the same.
     */
    Reading structural() {
        return new Reading(true);
    }

    /** Reads options that a restored job may have otherwise than before. */
    Reading free() {
        return new Reading(false);
    }

    /** How an option is read, and whether state depends on it. */
    final class Reading {
        private final boolean structural;

        private Reading(boolean structural) {
            this.structural = structural;
        }

        String text(String key, String defaultValue, String rule, String meaning) {
            options.add(new Option(key, defaultValue, rule, meaning, structural));
            String text = given.getOrDefault(key, defaultValue);
            keep(key, text.trim());
            return text;
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

        /** Texts without commas; none by default. */
        Set<String> texts(String key, String rule, String meaning) {
            return Arrays.stream(text(key, "", rule, meaning).split(",", -1))
                    .map(String::trim)
                    .filter(each -> !each.isEmpty())
                    .collect(Collectors.toSet());
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
                T value = parser.apply(text);
                keep(key, value instanceof Number ? value.toString() : text.replace(" ", ""));
                return value;
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(key + "=" + text + " must be " + form, e);
            }
        }

        private void keep(String key, String value) {
            if (structural) {
                structure.put(key, value);
            }
        }
    }
}
