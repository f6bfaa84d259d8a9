package dev.levitstream.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
    public static String orderOf(List<Sample> samples, int classesPerPhase) {
        return order(labels(samples), classesPerPhase);
    }

    /** The same in a random order of classes. */
    public static String randomOrderOf(List<Sample> samples, int classesPerPhase, long seed) {
        List<String> labels = new ArrayList<>(labels(samples));
        Collections.shuffle(labels, new Random(seed));
        return order(labels, classesPerPhase);
    }

    private static Collection<String> labels(List<Sample> samples) {
        TreeSet<String> labels = new TreeSet<>(Dataset::compareLabels);
        samples.forEach(sample -> labels.add(sample.label()));
        return labels;
    }

    private static String order(Collection<String> labels, int classesPerPhase) {
        StringBuilder order = new StringBuilder();
        int i = 0;
        for (String label : labels) {
            order.append(i == 0 ? "" : i % classesPerPhase == 0 ? "/" : ",").append(label);
            i++;
        }
        return order.toString();
    }

    private static int compareLabels(String a, String b) {
        boolean numbers = a.matches("[0-9]{1,9}") && b.matches("[0-9]{1,9}");
        return numbers ? Integer.compare(Integer.parseInt(a), Integer.parseInt(b)) : a.compareTo(b);
    }

    /**
     * Cuts samples into phases by class, each in the order it came.
     *
     * @param order labels with commas between, phases with slashes between: {@code 0,1/2,3}; a label left out is not
     *     published
     * @throws IllegalArgumentException if a label of the order does not occur
     */
    public static List<Phase> phases(List<Sample> samples, String order) {
        Map<String, List<Sample>> byLabel = new LinkedHashMap<>();
        samples.forEach(sample -> byLabel.computeIfAbsent(sample.label(), label -> new ArrayList<>())
                .add(sample));
        List<Phase> phases = new ArrayList<>();
        for (String part : order.split("/", -1)) {
            List<String> labels =
                    Arrays.stream(part.split(",", -1)).map(String::trim).toList();
            for (String label : labels) {
                if (!byLabel.containsKey(label)) {
                    throw new IllegalArgumentException("order=" + order + " must name labels of the data; there is no "
                            + label + " in " + byLabel.keySet());
                }
            }
            List<Sample> chosen = samples.stream()
                    .filter(sample -> labels.contains(sample.label()))
                    .toList();
            phases.add(new Phase(String.join(", ", labels), chosen));
        }
        return phases;
    }
}
