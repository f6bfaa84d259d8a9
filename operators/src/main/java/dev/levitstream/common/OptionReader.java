package dev.levitstream.common;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Turns text into values, and keeps a list of every option it was asked for: key, default, unit, rule and meaning are
 * said once, where the option is read, and help and reference are that list.
 */
public final class OptionReader {
    private final Map<String, String> given;
    private final String prefix;
    private final List<Option> options;
    private final SortedMap<String, String> structure;
    private final List<String> warnings;

    /**
     * One option as help shows it.
     *
     * @param key dotted name
     * @param formerKey name that it had in earlier releases, which is still understood; the same if it had no other
     * @param defaultValue as text
     * @param rule unit and allowed values
     * @param meaning in a few words
     * @param structural whether state depends on it
     */
    public record Option(
            String key, String formerKey, String defaultValue, String rule, String meaning, boolean structural) {}

    /** @param given text by key */
    public OptionReader(Map<String, String> given) {
        this(new LinkedHashMap<>(given), "", new ArrayList<>(), new TreeMap<>(), new ArrayList<>());
    }

    private OptionReader(
            Map<String, String> given,
            String prefix,
            List<Option> options,
            SortedMap<String, String> structure,
            List<String> warnings) {
        this.given = given;
        this.prefix = prefix;
        this.options = options;
        this.structure = structure;
        this.warnings = warnings;
    }

    /**
     * The same reader for options whose keys begin with a word and a dot. Earlier releases knew them without it, and
     * they are still understood so, with a warning.
     */
    public OptionReader under(String word) {
        return new OptionReader(given, prefix + word + ".", options, structure, warnings);
    }

    /** What was asked for, in that order. */
    public List<Option> options() {
        return List.copyOf(options);
    }

    /** Values of the options that were read as structural, by key. */
    public SortedMap<String, String> structure() {
        return structure;
    }

    /** What the user should know of what was given, a line each. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * Reads options that shape arrays, give stored numbers their meaning or name what belongs to the state: a restored
     * job must have the same.
     */
    public Reading structural() {
        return new Reading(true, Optional.empty());
    }

    /** Reads options that a restored job may have otherwise than before. */
    public Reading free() {
        return new Reading(false, Optional.empty());
    }

    /**
     * Says what a structural option stands for, where state depends on that and not on its text: on what is in a file,
     * not on its name.
     */
    public void standsFor(String key, String value) {
        structure.put(prefix + key, value);
    }

    /** How an option is read, and whether state depends on it. */
    public final class Reading {
        private final boolean structural;
        private final Optional<String> formerKey;

        private Reading(boolean structural, Optional<String> formerKey) {
            this.structural = structural;
            this.formerKey = formerKey;
        }

        /** The same, of an option that earlier releases called so; it is still understood, with a warning. */
        public Reading formerly(String key) {
            return new Reading(structural, Optional.of(key));
        }

        /** Any text. */
        public String text(String key, String defaultValue, String rule, String meaning) {
            String full = prefix + key;
            String former = formerKey.orElse(key);
            options.add(new Option(full, former, defaultValue, rule, meaning, structural));
            String text = given.getOrDefault(full, given.getOrDefault(former, defaultValue));
            if (!full.equals(former) && given.containsKey(former)) {
                warnings.add(former + " is now called " + full + "; the former name will go");
            }
            keep(key, text.trim());
            return text;
        }

        public int integer(String key, int defaultValue, String rule, String meaning) {
            return parse(key, Integer.toString(defaultValue), rule, meaning, "a whole number", Integer::parseInt);
        }

        public long whole(String key, long defaultValue, String rule, String meaning) {
            return parse(key, Long.toString(defaultValue), rule, meaning, "a whole number", Long::parseLong);
        }

        public double number(String key, double defaultValue, String rule, String meaning) {
            return parse(key, Double.toString(defaultValue), rule, meaning, "a number", Double::parseDouble);
        }

        public Instant instant(String key, Instant defaultValue, String meaning) {
            String form = "a time as in " + defaultValue;
            return parse(key, defaultValue.toString(), form, meaning, form, text -> {
                try {
                    return Instant.parse(text);
                } catch (DateTimeParseException e) {
                    throw new IllegalArgumentException(text, e);
                }
            });
        }

        public boolean yesNo(String key, boolean defaultValue, String meaning) {
            return parse(key, Boolean.toString(defaultValue), "true or false", meaning, "true or false", text -> {
                if (!text.equals("true") && !text.equals("false")) {
                    throw new IllegalArgumentException(text);
                }
                return Boolean.parseBoolean(text);
            });
        }

        public List<Integer> integers(String key, List<Integer> defaultValue, String rule, String meaning) {
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

        /** Numbers; {@code none} by default, which is no number at all. */
        public List<Float> numbers(String key, String rule, String meaning) {
            return parse(
                    key,
                    "none",
                    rule,
                    meaning,
                    "numbers with commas between",
                    given -> given.equals("none")
                            ? List.of()
                            : Arrays.stream(given.split(",", -1))
                                    .map(each -> Float.parseFloat(each.trim()))
                                    .toList());
        }

        /** Texts without commas; none by default. */
        public Set<String> texts(String key, String rule, String meaning) {
            return Arrays.stream(text(key, "", rule, meaning).split(",", -1))
                    .map(String::trim)
                    .filter(each -> !each.isEmpty())
                    .collect(Collectors.toSet());
        }

        /** One of an enum's constants, lower case with hyphens. */
        public <E extends Enum<E>> E choice(String key, E defaultValue, String meaning) {
            E[] all = defaultValue.getDeclaringClass().getEnumConstants();
            return choice(
                    key,
                    defaultValue,
                    all,
                    value -> value.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    meaning);
        }

        public <E> E choice(String key, E defaultValue, E[] all, Function<E, String> names, String meaning) {
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
                throw new IllegalArgumentException(prefix + key + "=" + text + " must be " + form, e);
            }
        }

        private void keep(String key, String value) {
            if (structural) {
                structure.put(prefix + key, value);
            }
        }
    }
}
