package dev.levitstream.learner.levit;

import dev.levitstream.learner.common.Component;
import java.util.List;
import java.util.OptionalInt;

/** Which of the frozen components the world of the newest one is most like. */
final class NearestComponent {
    private NearestComponent() {}

    /**
     * The component whose images lie nearest those of the new one, where the router has sums of both; else the one
     * whose VAE explains best what made it be created, by the smallest mean loss.
     *
     * @param pool in which the active component has just been created
     * @param newest images that came last, at least one
     * @return its id
     */
    static OptionalInt of(ComponentPool pool, List<byte[]> newest) {
        OptionalInt nearest =
                pool.discriminant().map(sums -> sums.nearestTo(pool.size() - 1)).orElse(OptionalInt.empty());
        int index = nearest.orElseGet(() -> explaining(pool, newest));
        return OptionalInt.of(pool.get(index).id());
    }

    private static int explaining(ComponentPool pool, List<byte[]> newest) {
        float[] losses = new float[pool.frozen().size()];
        for (int c = 0; c < losses.length; c++) {
            Component.Densities densities = pool.frozen().get(c).densitiesOfEach(newest);
            for (int i = 0; i < newest.size(); i++) {
                losses[c] += pool.loss(densities, i) / newest.size();
            }
        }
        return VaeRouter.best(losses);
    }
}
