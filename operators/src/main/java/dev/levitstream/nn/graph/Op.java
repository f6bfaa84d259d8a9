package dev.levitstream.nn.graph;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How an array comes about. Two ops that are equal give the same array, so a graph has it once. */
sealed interface Op {
    /** The arrays that it reads. */
    Stream<Array> inputs();

    /** What the function is given. */
    record Input(String name) implements Op {
        @Override
        public Stream<Array> inputs() {
            return Stream.of();
        }
    }

    /**
     * A part of the vector {@code flat} of all parameters.
     *
     * @param offset of its first value
     */
    record Parameter(int offset, SymbolicShape shape) implements Op {
        @Override
        public Stream<Array> inputs() {
            return Stream.of();
        }
    }

    /** One of several results of an op. */
    record Element(Array of, int index) implements Op {
        @Override
        public Stream<Array> inputs() {
            return Stream.of(of);
        }
    }

    /**
     * A call of one of the engine's functions.
     *
     * @param function its name in TorchScript; empty for the first argument itself
     * @param arguments arrays, calls that nobody else needs, numbers, truth values, {@link Keyword}s, lists of these,
     *     or text to be taken as it is
     * @param inPlace calls that change the result, in their order; {@link #RESULT} stands for it
     */
    record Call(String function, List<Object> arguments, List<Call> inPlace) implements Op {
        static final Object RESULT = new Keyword("", "");

        static Call of(String function, Object... arguments) {
            return new Call(function, List.of(arguments), List.of());
        }

        @Override
        public Stream<Array> inputs() {
            return Stream.concat(arguments.stream(), inPlace.stream()).flatMap(Call::arrays);
        }

        private static Stream<Array> arrays(Object argument) {
            if (argument instanceof Array array) {
                return Stream.of(array);
            }
            if (argument instanceof Call call) {
                return call.inputs();
            }
            if (argument instanceof Keyword keyword) {
                return arrays(keyword.value());
            }
            return argument instanceof List<?> list ? list.stream().flatMap(Call::arrays) : Stream.of();
        }

        /**
         * As TorchScript.
         *
         * @param names of arrays
         * @param result name of the result
         */
        String text(Function<Array, String> names, String result) {
            String all = arguments.stream()
                    .map(argument -> text(argument, names, result))
                    .collect(Collectors.joining(", "));
            return function.isEmpty() ? all : function + "(" + all + ")";
        }

        private static String text(Object argument, Function<Array, String> names, String result) {
            if (argument.equals(RESULT)) {
                return result;
            }
            if (argument instanceof Array array) {
                return names.apply(array);
            }
            if (argument instanceof Call call) {
                return call.text(names, result);
            }
            if (argument instanceof Keyword keyword) {
                return keyword.name() + "=" + text(keyword.value(), names, result);
            }
            if (argument instanceof List<?> list) {
                return list.stream().map(each -> text(each, names, result)).collect(Collectors.joining(", ", "[", "]"));
            }
            return argument instanceof Boolean truth ? (truth ? "True" : "False") : argument.toString();
        }
    }

    /** An argument given by name. */
    record Keyword(String name, Object value) {}
}
