package dev.levitstream.nn.model;

import dev.levitstream.nn.graph.Array;
import dev.levitstream.nn.graph.Graph;
import dev.levitstream.nn.graph.SymbolicShape;
import java.util.List;

/** The parameters of a {@link ParameterLayout} as arrays of a graph, by name. */
record Parameters(ParameterLayout layout, Graph graph) {
    /** The array of that name as the network sees it; it must be in the layout. */
    Array get(String name) {
        ParameterLayout.Entry entry = layout.entry(name);
        Array stored = stored(entry);
        return entry.isRowMajor() ? stored : stored.transpose(entry.toSeen());
    }

    /** All as they lie in the flat vector, in the order of the layout. */
    List<Array> stored() {
        return layout.entries().stream().map(this::stored).toList();
    }

    private Array stored(ParameterLayout.Entry entry) {
        return graph.parameter(entry.offset(), SymbolicShape.of(entry.stored().getShape()));
    }
}
