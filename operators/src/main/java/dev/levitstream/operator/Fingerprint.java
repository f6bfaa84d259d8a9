package dev.levitstream.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * What must be the same at every start that goes on from this state, as {@code name=value}, kept in the state itself.
 *
 * <p>Structure shapes arrays or gives stored numbers their meaning: another value ends the job at once, with one line.
 * The machine changes no more than the last bits of results: another one is told. Names that only the state or only
 * this release knows are passed over, so that either may have more of them, unless it is known what earlier releases
 * did where they had no choice; state of the first releases has none.
 */
final class Fingerprint {
    static final ListStateDescriptor<String> DESCRIPTOR =
            new ListStateDescriptor<>("fingerprint", BasicTypeInfo.STRING_TYPE_INFO);

    private static final String MACHINE = "machine.";

    private static final String LEARNER = "learner";

    /** What was done before there were these options, by key. */
    private static final Map<String, String> ALWAYS = Map.of("replay.net", "vit");

    private final ListState<String> state;
    private final SortedMap<String, SortedSet<String>> restored;
    private final SortedMap<String, String> present;

    /**
     * Compares structure.
     *
     * @param structure value of each structural option, and of whatever else numbers in state depend on
     * @throws SuppressRestartsException if the restored state was written with another value of one
     */
    Fingerprint(OperatorStateStore store, Map<String, String> structure) throws Exception {
        // every subtask reads what all of them wrote: their machines may differ
        state = store.getUnionListState(DESCRIPTOR);
        restored = parsed(state.get());
        present = new TreeMap<>(structure);
        List<String> differences = differences(present, " must be ");
        if (!differences.isEmpty()) {
            throw new SuppressRestartsException(new IllegalStateException(String.join(", ", differences)
                    + ": the restored state was written with that; give it again, or start without the state"));
        }
    }

    private static SortedMap<String, SortedSet<String>> parsed(Iterable<String> entries) {
        SortedMap<String, SortedSet<String>> values = new TreeMap<>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            values.computeIfAbsent(entry.substring(0, equals), name -> new TreeSet<>())
                    .add(entry.substring(equals + 1));
        }
        return values;
    }

    private List<String> differences(Map<String, String> values, String between) {
        List<String> differences = new ArrayList<>();
        values.forEach((name, value) -> {
            SortedSet<String> before =
                    restored(name).or(() -> always(name)).orElseGet(() -> new TreeSet<>(List.of(value)));
            if (!before.equals(new TreeSet<>(List.of(value)))) {
                differences.add(name + "=" + value + between + String.join(" or ", before));
            }
        });
        return differences;
    }

    /** Earlier releases named a method's options without its family: {@code vit.patch} for {@code levit.vit.patch}. */
    private Optional<SortedSet<String>> restored(String name) {
        return Optional.ofNullable(restored.get(name))
                .or(() -> Optional.ofNullable(restored.get(name.substring(name.indexOf('.') + 1))));
    }

    /** Of state of the same learner. */
    private Optional<SortedSet<String>> always(String name) {
        return Optional.ofNullable(restored.get(LEARNER))
                .filter(learners -> learners.equals(new TreeSet<>(List.of(present.getOrDefault(LEARNER, "")))))
                .flatMap(same -> Optional.ofNullable(ALWAYS.get(name)))
                .map(value -> new TreeSet<>(List.of(value)));
    }

    /**
     * Takes note of the machine that the state is restored on.
     *
     * @param machine what last bits depend on, by name
     * @return a line to log if it is another one than wrote the state
     */
    Optional<String> machine(Map<String, String> machine) {
        SortedMap<String, String> named = machine.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> MACHINE + entry.getKey(), Map.Entry::getValue, (one, other) -> one, TreeMap::new));
        present.putAll(named);
        List<String> differences = differences(named, " was ");
        return differences.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join(", ", differences)
                        + " when the restored state was written: results are as good, their last bits may differ");
    }

    /** Writes what is present. */
    void snapshot() throws Exception {
        state.update(present.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList());
    }
}
