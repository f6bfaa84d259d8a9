package dev.levitstream.nn;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reverse-mode differentiation of a script that is being written (Baydin et al., "Automatic differentiation in machine
 * learning: a survey", JMLR 18, 2018, section 3.2): what was noted during the forward lines is written down backwards.
 */
final class Tape {
    private final Script script;
    private final Deque<Runnable> notes = new ArrayDeque<>();
    /** Variable to its gradient, as far as it is known. */
    private final Map<String, String> gradients = new HashMap<>();

    Tape(Script script) {
        this.script = script;
    }

    Script script() {
        return script;
    }

    /** How the gradient of a variable passes back to what it came of; not done where it has none. */
    void note(String variable, Consumer<String> back) {
        notes.push(() -> {
            if (gradients.containsKey(variable)) {
                back.accept(gradients.get(variable));
            }
        });
    }

    /** Adds to a variable's gradient. */
    void add(String variable, String part) {
        gradients.merge(variable, part, (one, other) -> script.call("torch.add", one, other));
    }

    /** Writes the lines that lead from a scalar back to all that it depends on. */
    void differentiate(String scalar) {
        add(scalar, script.call("torch.ones_like", scalar));
        while (!notes.isEmpty()) {
            notes.pop().run();
        }
    }

    /** The gradient at a variable, once it is {@link #differentiate differentiated}, if it has one. */
    Optional<String> reached(String variable) {
        return Optional.ofNullable(gradients.get(variable));
    }

    /** The same of one that must have one. */
    String gradient(String variable) {
        return reached(variable)
                .orElseThrow(() -> new IllegalStateException("variable=" + variable + " has no gradient"));
    }
}
