package dev.levitstream.bench.speed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.engine.Adam;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.model.ComponentNetwork.TrainingBatch;
import dev.levitstream.nn.model.NetworkFunction;
import dev.levitstream.nn.model.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A case in this project's networks: updates and predictions as the learner does them. Not for several threads. */
final class JavaUpdates implements AutoCloseable {
    private final SpeedCase what;
    private final Compute compute;
    private final NDManager manager;
    private final List<Program> programs = new ArrayList<>();
    private final List<NDArray> flats = new ArrayList<>();
    private final float[] gradient;
    private final Adam adam;
    private final List<Adam.Rate> rates;
    private final float[] images;
    private final float[] noise;
    private final float[] targets;
    private final float[] knowledge;

    JavaUpdates(SpeedCase what) {
        this.what = what;
        compute = new Compute("cpu");
        manager = compute.newManager();
        List<float[]> parameters = what.parameters();
        for (int j = 0; j < parameters.size(); j++) {
            programs.add(new Program(what.network(j), compute));
            flats.add(Tensors.of(manager, parameters.get(j), new Shape(parameters.get(j).length)));
        }
        int size = parameters.get(what.frozen()).length;
        gradient = new float[size];
        adam = new Adam(manager, size, what.training().beta1(), what.training().beta2());
        rates = List.of(new Adam.Rate(0, size, SpeedCase.RATE));
        images = what.images();
        noise = what.noise();
        targets = what.targets();
        try (NDManager scope = compute.newManager()) {
            knowledge = knowledge(scope);
        }
    }

    private NDArray active() {
        return flats.get(what.frozen());
    }

    private NDArray images(NDManager scope) {
        return Tensors.of(
                scope,
                images,
                new Shape(
                        what.batch(),
                        what.shape().height(),
                        what.shape().width(),
                        what.shape().channels()));
    }

    /** What the frozen components make of the images, each by itself: (batch, frozen, width). */
    private float[] knowledge(NDManager scope) {
        NDArray rows = images(scope);
        List<float[]> parts = new ArrayList<>();
        for (int j = 0; j < what.frozen(); j++) {
            NDList each = programs.get(j).each(scope, NetworkFunction.KNOWLEDGE, flats.get(j), rows);
            parts.add(Tensors.read(each.singletonOrThrow()));
        }
        return joined(parts);
    }

    /** By component, then by image, to by image, then by component. */
    private float[] joined(List<float[]> parts) {
        int width = parts.isEmpty() ? 0 : parts.get(0).length / what.batch();
        float[] joined = new float[what.batch() * parts.size() * width];
        for (int i = 0; i < what.batch(); i++) {
            for (int j = 0; j < parts.size(); j++) {
                System.arraycopy(parts.get(j), i * width, joined, (i * parts.size() + j) * width, width);
            }
        }
        return joined;
    }

    private Optional<NDArray> known(NDManager scope, float[] known) {
        return known.length == 0
                ? Optional.empty()
                : Optional.of(Tensors.of(
                        scope,
                        known,
                        new Shape(what.batch(), what.frozen(), known.length / what.batch() / what.frozen())));
    }

    private TrainingBatch batch(NDManager scope) {
        return new TrainingBatch(
                images(scope),
                known(scope, knowledge),
                Optional.of(Tensors.of(scope, targets, new Shape(what.batch(), SpeedCase.CLASSES))),
                Tensors.of(scope, noise, new Shape(what.batch(), noise.length / what.batch())));
    }

    /** Loss of the batch; its gradient is in {@link #gradient}. */
    float loss() {
        try (NDManager scope = compute.newManager()) {
            Program program = programs.get(what.frozen());
            return program.gradient(scope, active(), batch(scope), gradient).total();
        }
    }

    float[] gradient() {
        return gradient;
    }

    /** Multiplications and additions of {@link #update}. */
    double updateOperations() {
        return what.updateOperations(compute);
    }

    /** One optimizer update, from values of the batch to new parameters. */
    void update() {
        try (NDManager scope = compute.newManager()) {
            programs.get(what.frozen()).update(scope, active(), batch(scope), adam, rates);
        }
    }

    /** All images' densities under all components and the active one's answers, each image by itself. */
    void predict() {
        try (NDManager scope = compute.newManager()) {
            NDArray rows = images(scope);
            List<float[]> frozen = new ArrayList<>();
            NDArray own = null;
            for (int j = 0; j <= what.frozen(); j++) {
                Program program = programs.get(j);
                NDList densities = program.each(scope, NetworkFunction.DENSITIES, flats.get(j), rows);
                Tensors.read(densities.get(0));
                Tensors.read(densities.get(1));
                own = program.each(scope, NetworkFunction.KNOWLEDGE, flats.get(j), rows)
                        .singletonOrThrow();
                if (j < what.frozen()) {
                    frozen.add(Tensors.read(own));
                }
            }
            Optional<NDArray> known = known(scope, joined(frozen));
            Program program = programs.get(what.frozen());
            NDArray[] inputs = known.isPresent() ? new NDArray[] {own, known.get()} : new NDArray[] {own};
            NDList answers = program.each(scope, NetworkFunction.PROBABILITIES, active(), inputs);
            Tensors.read(answers.singletonOrThrow());
        }
    }

    @Override
    public void close() {
        manager.close();
        compute.close();
    }
}
