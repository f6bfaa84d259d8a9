package dev.levitstream.learner.common;

import dev.levitstream.common.Check;
import dev.levitstream.learner.LearnerOptions;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Labels as they come on the wire, numbered in order of first sight: the classes. */
public final class LabelRegistry {
    /** Class of an image without a label. */
    public static final int UNLABELLED = -1;

    private final LearnerOptions options;
    private final Map<String, Integer> classes = new HashMap<>();
    private List<String> labels = List.of();

    public LabelRegistry(LearnerOptions options) {
        this.options = options;
    }

    /**
     * Makes labels known, all or none.
     *
     * @throws IllegalArgumentException if there is no room for them
     */
    public void register(Set<String> found) {
        List<String> unknown =
                found.stream().filter(label -> !classes.containsKey(label)).toList();
        int room = options.labelBound() - labels.size();
        Check.that(
                unknown.isEmpty() || unknown.size() <= room, "label", String.join(", ", unknown), options.labelRule());
        unknown.forEach(this::add);
    }

    /** The class of a label, which must be known. */
    public int classOf(String label) {
        return Objects.requireNonNull(classes.get(label), label);
    }

    private void add(String label) {
        classes.put(label, labels.size());
        List<String> longer = new ArrayList<>(labels);
        longer.add(label);
        labels = List.copyOf(longer);
    }

    /** Labels by class; never changes, a new list is made when one joins. */
    public List<String> labels() {
        return labels;
    }

    /** Width of a new classifier. */
    public int width() {
        return options.classes() == 0 ? labels.size() : options.classes();
    }

    public void write(DataOutputStream out) throws IOException {
        out.writeInt(labels.size());
        for (String label : labels) {
            out.writeUTF(label);
        }
    }

    public void read(DataInputStream in) throws IOException {
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            add(in.readUTF()); // also where there are more of them than the options now admit
        }
    }
}
