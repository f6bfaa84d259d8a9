package dev.levitstream.bench.speed;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Updates per second of two threads with a learner each, against one thread with one. */
final class ThreadSpeed {
    private ThreadSpeed() {}

    static void measure(SpeedCase one, int rounds, Consumer<String> lines) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (JavaUpdates first = new JavaUpdates(one);
                JavaUpdates second = new JavaUpdates(one)) {
            Timed.of(first::update).seconds(Timed.WARM_UP);
            Timed.of(second::update).seconds(Timed.WARM_UP);
            int times = (int) Math.ceil(Timed.WARM_UP / Timed.of(first::update).seconds(Timed.WARM_UP));
            Timed both = Timed.together(List.of(first::update, second::update), threads);
            double[] ratios = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                double alone = Timed.of(first::update).seconds(times);
                ratios[round] = 2 * alone / both.seconds(times);
            }
            double ratio = Timed.median(ratios);
            lines.accept(String.format(
                    Locale.ROOT, "Two threads with a learner each do %.2f times the updates of one.", ratio));
        } finally {
            threads.shutdownNow();
        }
    }
}
