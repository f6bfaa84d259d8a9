package dev.levitstream.learner;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What every learner keeps count of: seed, steps, updates, labels, accuracy, queued work. */
final class Progress {
    private final LearnerContext context;
    private final LabelRegistry labels;
    private final PrequentialAccuracy accuracy = new PrequentialAccuracy();
    private final WorkQueue work;
    private long seed;
    private long step;
    private long updates;
    private long admitted;
    private long revision;

    Progress(LearnerContext context) {
        this.context = context;
        this.seed = context.seed();
        this.labels = new LabelRegistry(context.options());
        this.work = new WorkQueue(context.options().budget(), context.nanoTime());
    }

    long seed() {
        return seed;
    }

    /** Batches observed. */
    long step() {
        return step;
    }

    LabelRegistry labels() {
        return labels;
    }

    PrequentialAccuracy accuracy() {
        return accuracy;
    }

    WorkQueue work() {
        return work;
    }

    /** Rises with whatever changes the learner; for state entries, not stored. */
    long revision() {
        return revision;
    }

    /** Notes that the learner changed otherwise than by a batch. */
    void changed() {
        revision++;
    }

    /** Number of the next update; each has its own randomness. */
    long nextUpdate() {
        changed();
        return updates++;
    }

    /** Number of the next admission; each has its own randomness. */
    long nextAdmission() {
        return admitted++;
    }

    /** Nothing is being learnt. */
    void requireIdle(boolean learning) {
        if (learning) {
            throw new IllegalStateException("step=" + step + " must be learnt before the next batch is answered");
        }
    }

    /** Whether nothing was observed and nothing else happened. */
    boolean isBlank() {
        return step == 0 && revision == 0;
    }

    /** The latest batch is being learnt from. */
    void requireLearning(boolean learning) {
        if (!learning) {
            throw new IllegalStateException("step=" + step + " is learnt already");
        }
    }

    /** The latest batch is learnt. */
    Lesson learnt(Optional<Expansion> expansion, boolean full) {
        changed();
        return new Lesson(expansion, work.done(), work.queued(), full);
    }

    /** Counts a batch: compares predictions with labels, then makes the labels known. */
    void observed(List<LabelledImage> images, List<ImagePrediction> predictions) {
        if (images.isEmpty()) {
            throw new IllegalStateException("images.size=0 must be at least 1: no image was answered");
        }
        for (int i = 0; i < images.size(); i++) {
            Optional<String> label = images.get(i).label();
            if (label.isPresent()) {
                accuracy.add(predictions.get(i).label().equals(label));
                labels.register(label.get());
            }
        }
        step++;
        changed();
        work.grant();
    }

    /** Class of an image. */
    int classOf(LabelledImage image) {
        return image.label().map(labels::register).orElse(LabelRegistry.UNLABELLED);
    }

    void write(DataOutputStream out) throws IOException {
        LearnerOptions options = context.options();
        out.writeUTF(options.kind().key());
        out.writeUTF(options.image().toString());
        out.writeLong(seed);
        out.writeLong(step);
        out.writeLong(updates);
        out.writeLong(admitted);
        labels.write(out);
        accuracy.write(out);
        work.write(out);
    }

    void read(DataInputStream in) throws IOException {
        LearnerOptions options = context.options();
        requireSame("learner", options.kind().key(), in.readUTF());
        requireSame("image", options.image().toString(), in.readUTF());
        seed = in.readLong();
        step = in.readLong();
        updates = in.readLong();
        admitted = in.readLong();
        labels.read(in);
        accuracy.read(in);
        work.read(in);
    }

    private static void requireSame(String option, String found, String stored) {
        if (!found.equals(stored)) {
            throw new IllegalStateException(option + "=" + found + " must be " + stored + " as in the restored state");
        }
    }
}
