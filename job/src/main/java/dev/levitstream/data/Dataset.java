package dev.levitstream.data;

import dev.levitstream.common.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Images to learn and images to test on.
 *
 * @param name what it is
 * @param train phases in order
 * @param test held-out images
 */
public record Dataset(String name, List<Phase> train, List<Sample> test) {
    /** Class order in which every phase has so many new classes, in natural order (numbers by value). */
    public static List<List<String>> orderOf(List<Sample> samples, int classesPerPhase) {
        return cut(labels(samples), classesPerPhase);
    }

    /** The same in a random order of classes. */
    public static List<List<String>> randomOrderOf(List<Sample> samples, int classesPerPhase, long seed) {
        List<String> labels = labels(samples);
        Collections.shuffle(labels, new Random(seed));
        return cut(labels, classesPerPhase);
    }

    /**
     * An order as options have it.
     *
     * @param text labels with commas between, phases with slashes between: {@code 0,1/2,3}
     */
    public static List<List<String>> parseOrder(String text) {
        return Arrays.stream(text.split("/", -1))
                .map(phase ->
                        Arrays.stream(phase.split(",", -1)).map(String::trim).toList())
                .toList();
    }

    private static List<String> labels(List<Sample> samples) {
        TreeSet<String> labels = new TreeSet<>(Dataset::compareLabels);
        samples.forEach(sample -> sample.label().ifPresent(labels::add));
        return new ArrayList<>(labels);
    }

    private static List<List<String>> cut(List<String> labels, int classesPerPhase) {
        List<List<String>> phases = new ArrayList<>();
        for (int i = 0; i < labels.size(); i += classesPerPhase) {
            phases.add(labels.subList(i, Math.min(i + classesPerPhase, labels.size())));
        }
        return phases;
    }

    private static int compareLabels(String a, String b) {
        boolean numbers = a.matches("[0-9]{1,9}") && b.matches("[0-9]{1,9}");
        int byValue = numbers ? Integer.compare(Integer.parseInt(a), Integer.parseInt(b)) : 0;
        return byValue == 0 ? a.compareTo(b) : byValue; // 1 and 01 are two labels
    }

    /**
     * Cuts samples into phases by class, each in the order it came.
     *
     * @param order labels of each phase; a label left out is not published
     * @throws IllegalArgumentException if a label of the order does not occur
     */
    public static List<Phase> phases(List<Sample> samples, List<List<String>> order) {
        List<String> known = labels(samples);
        Map<String, List<List<Sample>>> byLabel = new HashMap<>(); // a label may occur in several phases
        List<Phase> phases = new ArrayList<>();
        for (List<String> labels : order) {
            List<Sample> chosen = new ArrayList<>();
            for (String label : Set.copyOf(labels)) {
                Check.that(known.contains(label), "order", label, "must be a label of the data, which has " + known);
                byLabel.computeIfAbsent(label, first -> new ArrayList<>()).add(chosen);
            }
            phases.add(new Phase(String.join(", ", labels), chosen));
        }
        for (Sample sample : samples) {
            sample.label()
                    .map(label -> byLabel.getOrDefault(label, List.of()))
                    .ifPresent(lists -> lists.forEach(list -> list.add(sample)));
        }
        return phases;
    }
}
