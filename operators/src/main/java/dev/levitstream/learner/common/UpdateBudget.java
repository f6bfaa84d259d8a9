package dev.levitstream.learner.common;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.function.LongSupplier;

/** Grants optimizer updates by the budget and keeps those that there was no time for. */
public final class UpdateBudget {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final BudgetOptions budget;
    private final LongSupplier nanoTime;
    private long batches;
    private long queued;
    private int done;
    private long spent;
    private boolean unbounded;

    public UpdateBudget(BudgetOptions budget, LongSupplier nanoTime) {
        this.budget = budget;
        this.nanoTime = nanoTime;
    }

    /** Counts one batch and queues its work; at most {@code budget.queue} updates wait, more are dropped. */
    public void grant() {
        batches++;
        if (batches % budget.period() == 0) {
            queued = Math.min(budget.queue(), queued + budget.updates());
        }
        done = 0;
        spent = 0;
        unbounded = false;
    }

    /**
     * Whether an update is due for the batch that was granted last: until none is queued or {@code budget.millis} are
     * over; at least one, so that a slow machine learns too.
     */
    public boolean isDue() {
        return queued > 0
                && (unbounded || done == 0 || budget.millis() == 0 || spent < budget.millis() * NANOS_PER_MILLI);
    }

    /** No batch will follow: all that is queued is due, however long it takes. */
    public void release() {
        unbounded = true;
    }

    /** Whether what is queued is due without a batch. */
    public boolean isReleased() {
        return unbounded;
    }

    /** Nanoseconds on the clock, to tell {@link #did} by. */
    public long now() {
        return nanoTime.getAsLong();
    }

    /** Counts an update as done, which took so many nanoseconds. */
    public void did(long nanos) {
        spent += nanos;
        queued--;
        done++;
    }

    /** Updates that wait (count). */
    public long queued() {
        return queued;
    }

    public void write(DataOutputStream out) throws IOException {
        out.writeLong(batches);
        out.writeLong(queued);
        out.writeInt(done);
    }

    public void read(DataInputStream in) throws IOException {
        batches = in.readLong();
        queued = in.readLong();
        done = in.readInt();
    }
}
