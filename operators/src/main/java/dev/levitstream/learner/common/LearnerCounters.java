package dev.levitstream.learner.common;

import dev.levitstream.common.Check;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Observation;
import dev.levitstream.learner.StateEntry;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

/** What every learner keeps count of: seed, steps, updates, labels, accuracy, queued work. */
public final class LearnerCounters {
    private final LearnerContext context;
    private final LabelRegistry labels;
    private final PrequentialAccuracy accuracy = new PrequentialAccuracy();
    private final UpdateBudget budget;
    private long seed;
    private long step;
    private long updates;
    private long admitted;
    private long revision;

    /** Of a method that makes no updates. */
    public LearnerCounters(LearnerContext context) {
        this(context, new BudgetOptions(0, 1, 0, 0));
    }

    /** @param budget of its updates */
    public LearnerCounters(LearnerContext context, BudgetOptions budget) {
        this.context = context;
        this.seed = context.seed();
        this.labels = new LabelRegistry(context.options());
        this.budget = new UpdateBudget(budget, context.nanoTime());
    }

    public long seed() {
        return seed;
    }

    /** Batches observed. */
    public long step() {
        return step;
    }

    public LabelRegistry labels() {
        return labels;
    }

    public PrequentialAccuracy accuracy() {
        return accuracy;
    }

    public UpdateBudget budget() {
        return budget;
    }

    /** Rises with whatever changes the learner; for state entries, not stored. */
    public long revision() {
        return revision;
    }

    /** Notes that the learner changed otherwise than by a batch. */
    public void changed() {
        revision++;
    }

    /** Number of the next update; each has its own randomness. */
    public long nextUpdate() {
        changed();
        return updates++;
    }

    /** Number of the next admission; each has its own randomness. */
    public long nextAdmission() {
        return admitted++;
    }

    /**
     * Nothing is being learnt.
     *
     * @throws IllegalStateException if something is
     */
    public void requireIdle(boolean learning) {
        if (learning) {
            throw new IllegalStateException("step=" + step + " must be learnt before the next batch is observed");
        }
    }

    /** Whether nothing was observed and nothing else happened. */
    public boolean isBlank() {
        return step == 0 && revision == 0;
    }

    /**
     * Counts a batch: compares predictions with labels, then makes the labels known.
     *
     * @throws IllegalArgumentException if it has no image, or there is no room for a label
     * @throws IllegalStateException if a prediction was made before the batch before was learnt
     */
    public void observed(List<Observation> batch) {
        Check.that(!batch.isEmpty(), "batch.size", 0, "must be at least 1");
        Set<String> found = new LinkedHashSet<>();
        for (Observation image : batch) {
            if (image.prediction().step() != step) {
                throw new IllegalStateException(
                        "prediction.step=" + image.prediction().step() + " must be " + step);
            }
            image.image().label().ifPresent(found::add);
        }
        labels.register(found);
        for (Observation image : batch) {
            Optional<String> label = image.image().label();
            label.ifPresent(any -> accuracy.add(image.prediction().label().equals(label)));
        }
        step++;
        changed();
        budget.grant();
    }

    /** Class of an image. */
    public int classOf(LabelledImage image) {
        return image.label().map(labels::classOf).orElse(LabelRegistry.UNLABELLED);
    }

    /**
     * Makes the label of an image known that was observed without one.
     *
     * @param learning whether a batch is being learnt, which must not be
     * @return its class
     */
    public int late(LabelledImage image, boolean learning) {
        requireIdle(learning);
        labels.register(Set.of(image.label().orElseThrow()));
        changed();
        return classOf(image);
    }

    /** Class that was answered to an image, if it was answered and has a label now. */
    public OptionalInt answered(Observation image) {
        return image.image().label().isPresent() && image.prediction().label().isPresent()
                ? OptionalInt.of(labels.classOf(image.prediction().label().get()))
                : OptionalInt.empty();
    }

    /**
     * The entry of what changes with every batch: these counters, then what else is written; none while blank.
     *
     * @param rest what is read back after {@link #read}
     */
    public List<StateEntry> entries(String name, StateCodec.Body rest) {
        if (isBlank()) {
            return List.of();
        }
        Supplier<byte[]> content = () -> StateCodec.seal(out -> {
            write(out);
            rest.write(out);
        });
        return List.of(new StateEntry(name, revision, false, content));
    }

    private void write(DataOutputStream out) throws IOException {
        LearnerOptions options = context.options();
        out.writeUTF(options.method());
        out.writeUTF(options.input().toString());
        out.writeLong(seed);
        out.writeLong(step);
        out.writeLong(updates);
        out.writeLong(admitted);
        labels.write(out);
        accuracy.write(out);
        budget.write(out);
    }

    public void read(DataInputStream in) throws IOException {
        LearnerOptions options = context.options();
        requireSame("learner", options.method(), in.readUTF());
        requireSame("image", options.input().toString(), in.readUTF());
        seed = in.readLong();
        step = in.readLong();
        updates = in.readLong();
        admitted = in.readLong();
        labels.read(in);
        accuracy.read(in);
        budget.read(in);
    }

    private static void requireSame(String option, String found, String stored) {
        if (!found.equals(stored)) {
            throw new IllegalStateException(option + "=" + found + " must be " + stored + " as in the restored state");
        }
    }
}
