package dev.levitstream.bench.speed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.Adam;
import dev.levitstream.nn.ComponentNetwork.TrainingBatch;
import dev.levitstream.nn.Compute;
import dev.levitstream.nn.Program;
import dev.levitstream.nn.Tensors;
import java.util.List;
import java.util.Optional;

/** Components of a case without frozen ones, each with parameters of its own, that learn in one step. */
final class Fleet implements AutoCloseable {
    private final Case what;
    private final int members;
    private final Compute compute;
    private final NDManager manager;
    private final Program program;
    private final NDArray flats;
    private final Adam adam;
    private final List<Adam.Rate> rates;
    private final float[] images;
    private final float[] noise;
    private final float[] targets;

    Fleet(Case what, int members) {
        this.what = what;
        this.members = members;
        compute = new Compute("cpu", Compute.Path.SCRIPT);
        manager = compute.newManager();
        program = compute.program(what.network(0));
        float[] values = repeated(what.parameters().get(0));
        images = repeated(what.images());
        noise = repeated(what.noise());
        targets = repeated(what.targets());
        flats = Tensors.of(manager, values, new Shape(members, values.length / members));
        flats.setRequiresGradient(true);
        adam = new Adam(
                manager, values.length, what.training().beta1(), what.training().beta2());
        rates = List.of(new Adam.Rate(0, values.length / members, Case.RATE));
    }

    private float[] repeated(float[] one) {
        float[] all = new float[members * one.length];
        for (int g = 0; g < members; g++) {
            System.arraycopy(one, 0, all, g * one.length, one.length);
        }
        return all;
    }

    /** One optimizer update of each, from values of the batches to new parameters. */
    void update() {
        int b = what.batch();
        try (NDManager scope = compute.newManager()) {
            Shape shape = new Shape(
                    members,
                    b,
                    what.shape().height(),
                    what.shape().width(),
                    what.shape().channels());
            TrainingBatch batches = new TrainingBatch(
                    Tensors.of(scope, images, shape),
                    Optional.empty(),
                    Optional.of(Tensors.of(scope, targets, new Shape(members, b, Case.CLASSES))),
                    Tensors.of(scope, noise, new Shape(members, b, noise.length / members / b)));
            program.fleetUpdate(scope, flats, batches, adam, rates);
        }
    }

    @Override
    public void close() {
        manager.close();
        compute.close();
    }
}
