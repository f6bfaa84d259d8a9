package dev.levitstream.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The parameters that a script uses, as views of its flat vector: p0, p1 and so on. */
final class ParameterViews {
    private final ParameterLayout layout;
    private final List<ParameterLayout.Entry> used = new ArrayList<>();

    ParameterViews(ParameterLayout layout) {
        this.layout = layout;
    }

    /** The parameters, in the order of their views. */
    List<ParameterLayout.Entry> used() {
        return List.copyOf(used);
    }

    /** The view of a parameter, which is used from now on. */
    String of(ParameterLayout.Entry entry) {
        if (!used.contains(entry)) {
            used.add(entry);
        }
        return "p" + used.indexOf(entry);
    }

    /** Lines that make the views of a vector (size). */
    List<String> lines() {
        // all parts in one call: to take each by itself takes several times as long
        List<Integer> sizes = new ArrayList<>();
        Map<ParameterLayout.Entry, Integer> places = new HashMap<>();
        boolean unused = false;
        for (ParameterLayout.Entry entry : layout.entries()) {
            if (used.contains(entry)) {
                places.put(entry, sizes.size());
                sizes.add(entry.size());
                unused = false;
            } else if (unused) { // neighbours that nobody uses are one part
                sizes.add(sizes.remove(sizes.size() - 1) + entry.size());
            } else {
                sizes.add(entry.size());
                unused = true;
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add("parts = torch.split_with_sizes(flat, " + sizes + ", 0)");
        used.forEach(entry -> lines.add(line(entry, "parts[" + places.get(entry) + "]", "")));
        return lines;
    }

    /** Lines that make the views of a fleet's vectors, (G, size). */
    List<String> fleetLines() {
        return used.stream()
                .map(entry -> {
                    String part = "torch.narrow(flat, 1, " + entry.offset() + ", " + entry.size() + ")";
                    return line(entry, part, ScriptForm.FLEET_SIZE + ", ");
                })
                .toList();
    }

    /** @param leading sizes of axes that the parameter itself has not */
    private String line(ParameterLayout.Entry entry, String part, String leading) {
        String axes = Arrays.stream(entry.stored().getShape())
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "[" + leading, "]"));
        return of(entry) + " = " + (entry.shape().dimension() == 1 ? part : "torch.view(" + part + ", " + axes + ")");
    }
}
