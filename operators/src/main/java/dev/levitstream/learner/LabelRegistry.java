package dev.levitstream.learner;

import dev.levitstream.common.Check;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Labels as they come on the wire, numbered in order of first sight: the classes. */
final class LabelRegistry {
    /** Class of an image without a label. */
    static final int UNLABELLED = -1;

    private final LearnerOptions options;
    private final Map<String, Integer> classes = new HashMap<>();
    private List<String> labels = List.of();

    LabelRegistry(LearnerOptions options) {
        this.options = options;
    }

    boolean admits(Set<String> more) {
        long unknown =
                more.stream().filter(label -> !classes.containsKey(label)).count();
        int most = options.classes() > 0 ? options.classes() : options.mostLabels();
        return unknown == 0 || labels.size() + unknown <= most;
    }

    /** The label's class; a new one for a label not seen before. */
    int register(String label) {
        Integer known = classes.get(label);
        if (known != null) {
            return known;
        }
        Check.that(admits(Set.of(label)), "label", label, options.labelRule());
        return add(label);
    }

    private int add(String label) {
        classes.put(label, labels.size());
        List<String> longer = new ArrayList<>(labels);
        longer.add(label);
        labels = List.copyOf(longer);
        return labels.size() - 1;
    }

    /** Labels by class; never changes, a new list is made when one joins. */
    List<String> labels() {
        return labels;
    }

    /** Width of a new classifier. */
    int width() {
        return options.classes() == 0 ? labels.size() : options.classes();
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(labels.size());
        for (String label : labels) {
            out.writeUTF(label);
        }
    }

    void read(DataInputStream in) throws IOException {
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            add(in.readUTF()); // also where there are more of them than the options now admit
        }
    }
}
