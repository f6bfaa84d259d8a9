package dev.levitstream.nn;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is known of the order in which the values of a script's variables lie in memory, so that nothing is put in order
 * that is in order already.
 */
final class MemoryOrder {
    /** Operations whose result lies row by row whatever they take. */
    private static final Set<String> FRESH = Set.of(
            "torch.contiguous",
            "torch.cat",
            "torch.stack",
            "torch.mm",
            "torch.addmm",
            "torch.bmm",
            "torch.baddbmm",
            "ops.mkldnn._linear_pointwise");
    /** Operations whose result lies row by row if all that they take does. */
    private static final Set<String> KEEPING = Set.of(
            "torch.view",
            "torch.reshape",
            "torch.flatten",
            "torch.add",
            "torch.sub",
            "torch.mul",
            "torch.div",
            "torch.neg",
            "torch.square",
            "torch.exp",
            "torch.log",
            "torch.tanh",
            "torch.relu",
            "torch.leaky_relu",
            "torch.sigmoid",
            "torch.softplus",
            "torch.sum",
            "torch.zeros_like",
            "torch.tanh_backward",
            "torch.threshold_backward",
            "torch.leaky_relu_backward",
            "torch.sigmoid_backward",
            "torch.softplus_backward",
            "torch._softmax_backward_data",
            "torch._log_softmax_backward_data");

    /** Operations whose result lies row by row if what they take does and they take a part of its first axis. */
    private static final Set<String> TAKING = Set.of("torch.narrow", "torch.select");

    private static final Pattern FIRST_AXIS = Pattern.compile("\\(\\w+, 0, .*");
    private static final Pattern VARIABLE = Pattern.compile("\\b[a-z]\\d+\\b");

    private final Set<String> rowByRow = new HashSet<>();
    private final Map<String, String> transposes = new HashMap<>();

    /** Notes that a variable lies row by row. */
    void isRowByRow(String variable) {
        rowByRow.add(variable);
    }

    /** Notes that of two variables each is the transpose of the other. */
    void areTransposes(String one, String other) {
        transposes.put(one, other);
        transposes.put(other, one);
    }

    /** The variable that is the transpose of another, if there is one. */
    Optional<String> transposeOf(String variable) {
        return Optional.ofNullable(transposes.get(variable));
    }

    /** Notes what an operation's result is, as far as that can be told. */
    void note(String variable, String operation, String operands) {
        boolean keeping = KEEPING.contains(operation)
                || (TAKING.contains(operation) && FIRST_AXIS.matcher(operands).matches());
        if (FRESH.contains(operation) || (keeping && allRowByRow(operands))) {
            rowByRow.add(variable);
        }
    }

    private boolean allRowByRow(String operands) {
        Matcher variables = VARIABLE.matcher(operands);
        while (variables.find()) {
            if (!rowByRow.contains(variables.group())) {
                return false;
            }
        }
        return true;
    }

    /** Whether a variable is known to lie row by row. */
    boolean rowByRow(String variable) {
        return rowByRow.contains(variable);
    }

    /** Whether a matrix is known to lie row by row or column by column, without gaps. */
    boolean dense(String variable) {
        return rowByRow.contains(variable) || rowByRow.contains(transposes.get(variable));
    }
}
