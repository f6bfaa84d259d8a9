package dev.levitstream.testing;

import ai.djl.ndarray.NDArray;
import dev.levitstream.nn.engine.Adam;
import dev.levitstream.nn.engine.Tensors;
import java.util.List;

/** One update by Adam as a plain loop in Java: the oracle of the one in scripts. */
public final class NaiveAdam {
    private NaiveAdam() {}

    /**
     * One update of {@code p} against gradient {@code g}.
     *
     * @param adam its moments are changed
     * @param p (size), changed
     * @param g (size)
     * @param rates learning rate of each range of parameters; the ranges must cover all
     */
    public static void update(Adam adam, NDArray p, float[] g, List<Adam.Rate> rates) {
        float beta1 = adam.beta1();
        float beta2 = adam.beta2();
        double correction2 = Math.sqrt(1 - StrictMath.pow(beta2, adam.updates() + 1.0));
        double correction1 = 1 - StrictMath.pow(beta1, adam.updates() + 1.0);
        float epsilon = (float) (Adam.EPSILON * correction2);
        float[] values = Tensors.read(p);
        float[] first = Tensors.read(adam.firstMoments());
        float[] second = Tensors.read(adam.secondMoments());
        for (Adam.Rate rate : rates) {
            float step = (float) (rate.value() * correction2 / correction1);
            for (int i = rate.from(); i < rate.to(); i++) {
                first[i] = first[i] * beta1 + g[i] * (1 - beta1);
                second[i] = second[i] * beta2 + g[i] * g[i] * (1 - beta2);
                values[i] -= step * first[i] / ((float) Math.sqrt(second[i]) + epsilon);
            }
        }
        Tensors.write(values, p);
        Tensors.write(first, adam.firstMoments());
        Tensors.write(second, adam.secondMoments());
        adam.updated();
    }
}
