package dev.levitstream.nn.graph;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Lines of a script that make the parameters, views of the vector {@code flat}. */
final class ParameterViews {
    private ParameterViews() {}

    /** The parameter that has this place among those that are used. */
    static String name(int place) {
        return "p" + place;
    }

    /**
     * The lines. All parts are made by one call: to take each by itself takes several times as long.
     *
     * @param used parameters, none of which overlap
     * @param total values of {@code flat}
     */
    static List<String> lines(List<Op.Parameter> used, long total) {
        List<Op.Parameter> inOrder = used.stream()
                .sorted(Comparator.comparingInt(Op.Parameter::offset))
                .toList();
        List<Long> sizes = new ArrayList<>();
        List<String> views = new ArrayList<>();
        long end = 0;
        for (Op.Parameter parameter : inOrder) {
            addUnlessEmpty(sizes, parameter.offset() - end); // neighbours that nobody uses are one part
            String part = "parts[" + sizes.size() + "]";
            boolean vector = parameter.shape().rank() == 1;
            views.add(name(used.indexOf(parameter)) + " = "
                    + (vector
                            ? part
                            : "torch.view(" + part + ", " + parameter.shape().axes() + ")"));
            sizes.add(parameter.shape().size());
            end = parameter.offset() + parameter.shape().size();
        }
        addUnlessEmpty(sizes, total - end);
        views.add(0, "parts = torch.split_with_sizes(flat, " + sizes + ", 0)");
        return views;
    }

    private static void addUnlessEmpty(List<Long> sizes, long size) {
        if (size > 0) {
            sizes.add(size);
        }
    }
}
