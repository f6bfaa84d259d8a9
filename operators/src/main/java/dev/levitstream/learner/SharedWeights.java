package dev.levitstream.learner;

import dev.levitstream.common.ImageShape;
import dev.levitstream.nn.backbone.Backbone;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.engine.Compute;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Weights that never change and that all learners of a task read: held once, however many learners there are. Not
 * thread-safe; one per task, to be closed after its learners.
 */
public final class SharedWeights implements AutoCloseable {
    private final Map<String, Object> weights = new HashMap<>();
    private final Map<BackboneFile, Backbone> backbones = new HashMap<>();

    /**
     * The weights of a name; borrowed, and never to be changed.
     *
     * @param name says what they are made of: two makers of one name must make the same
     * @param maker makes them when they are first asked for
     */
    public <T> T get(String name, Class<T> type, Supplier<T> maker) {
        return type.cast(weights.computeIfAbsent(name, any -> maker.get()));
    }

    /**
     * The backbone of a file, which is opened when it is first asked for; borrowed.
     *
     * @param image size of the images to come
     * @param compute whose device it is opened on
     * @throws IllegalArgumentException in one line, if the file is missing here or is another one
     */
    public Backbone backbone(BackboneFile file, ImageShape image, Compute compute) {
        return backbones.computeIfAbsent(file, any -> file.open(image, compute.device()));
    }

    /** Closes the backbones; nothing that was asked for here may be used any more. */
    @Override
    public void close() {
        backbones.values().forEach(Backbone::close);
        backbones.clear();
    }
}
