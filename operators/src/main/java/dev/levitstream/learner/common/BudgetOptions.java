package dev.levitstream.learner.common;

import dev.levitstream.common.Check;
import java.io.Serializable;

/**
 * How much a learner may work.
 *
 * @param updates optimizer updates granted every {@code period} batches (count), at least 0
 * @param period batches between grants (count), at least 1
 * @param millis most milliseconds of updates per batch, 0 for no bound; with a bound, outputs are exactly-once but not
 *     byte-identical
 * @param queue most updates that may wait (count), at least {@code updates}
 */
public record BudgetOptions(int updates, int period, int millis, int queue) implements Serializable {
    public BudgetOptions {
        Check.that(updates >= 0, "budget.updates", updates, "must be at least 0");
        Check.that(period >= 1, "budget.period", period, "must be at least 1");
        Check.that(millis >= 0, "budget.millis", millis, "must be at least 0");
        Check.that(queue >= updates, "budget.queue", queue, "must be at least budget.updates=" + updates);
    }
}
