package dev.levitstream.nn;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** Views of one flat parameter vector by name; they live as long as the vector's scope. */
public final class Parameters {
    private final Map<String, NDArray> views;

    Parameters(Map<String, NDArray> views) {
        this.views = views;
    }

    /** The view of that name; it must exist. */
    NDArray get(String name) {
        NDArray view = views.get(name);
        if (view == null) {
            throw new IllegalStateException("parameter " + name + " is not among " + views.keySet());
        }
        return view;
    }
}
