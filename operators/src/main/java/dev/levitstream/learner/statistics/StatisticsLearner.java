package dev.levitstream.learner.statistics;

import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerDescription;
import dev.levitstream.learner.LearnerEvent;
import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Observation;
import dev.levitstream.learner.StateEntry;
import dev.levitstream.learner.Trace;
import dev.levitstream.learner.UnitOfWork;
import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.WorkReport;
import dev.levitstream.learner.change.ChangeAlarm;
import dev.levitstream.learner.change.LabelChangeDetector;
import dev.levitstream.learner.change.LabelChangeDetector.LabelChange;
import dev.levitstream.learner.change.RandomProjection;
import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.common.LearnerCounters;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.learner.linear.FixedFeatures;
import dev.levitstream.learner.linear.GroupScores.GroupScore;
import dev.levitstream.learner.linear.GroupStatistics;
import dev.levitstream.learner.linear.WorldPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Sums over fixed features by world and label, and the head that is solved from them: p(y | x) is the sum over worlds
 * of the probability of the group (world, y). Worlds are those that the {@link ChangeAlarm} tells apart.
 */
final class StatisticsLearner implements Learner {
    private static final String CONTROL = "control";
    private static final String SUMS = "sums";
    private static final String CHOICE = "choice";
    private static final String ALARM = "alarm";
    private static final String LABELS = "labels";
    private static final float[] NOTHING = new float[0];

    private final LearnerOptions options;
    private final StatisticsOptions own;
    private final boolean learnsClasses;
    private final GroupStatistics statistics;
    private final ChangeAlarm alarm;
    private final LabelChangeDetector labels;
    private final LearnerCounters counters;
    /** Ids of worlds, oldest first; the last is the present one. */
    private List<Integer> worlds = new ArrayList<>(List.of(1));
    /** Images of the present world (count). */
    private long imagesOfWorld;
    /** Whether a batch was observed and not learnt. */
    private boolean learning;

    /** What is needed again when an image is observed. */
    private record Seen(float[] features) implements Trace {}

    StatisticsLearner(
            LearnerContext context, StatisticsOptions own, StatisticsMethod method, Map<String, byte[]> state) {
        this.options = context.options();
        this.own = own;
        this.learnsClasses = method.learnsClasses();
        FixedFeatures features =
                new FixedFeatures(options.input(), own.features(), context.shared(), context.compute());
        int width = features.width();
        statistics = new GroupStatistics(
                features, own.shrinkage(), strength -> method.head().of(context.compute(), width, strength));
        RandomProjection projection = RandomProjection.shared(context.shared(), width);
        alarm = new ChangeAlarm(projection, own.falseAlarm(), own.worlds());
        labels = new LabelChangeDetector(own.falseAlarm());
        counters = new LearnerCounters(context);
        if (!state.isEmpty()) {
            restore(state);
        }
    }

    @Override
    public List<ImagePrediction> predict(List<byte[]> images) {
        options.requireInputs(images);
        List<String> known = counters.labels().labels();
        List<ImagePrediction> predictions = new ArrayList<>(images.size());
        for (byte[] pixels : images) {
            float[] features = statistics.features(pixels);
            predictions.add(new ImagePrediction(
                    known,
                    probabilities(features, known.size()),
                    counters.step(),
                    Optional.empty(),
                    Optional.of(new Seen(features))));
        }
        return predictions;
    }

    private float[] probabilities(float[] features, int classes) {
        List<GroupScore> groups = statistics.scores(features).groups();
        double[] shares = groups.stream().mapToDouble(GroupScore::score).toArray();
        if (shares.length == 0) {
            groups = statistics.frequencies(); // all that is known before the first solution
            shares = groups.stream().mapToDouble(GroupScore::score).toArray();
        } else {
            statistics.probabilities(shares);
        }
        if (shares.length == 0) {
            return NOTHING;
        }
        double[] sums = new double[classes];
        for (int g = 0; g < shares.length; g++) {
            sums[groups.get(g).label()] += shares[g];
        }
        float[] probabilities = new float[classes];
        for (int y = 0; y < classes; y++) {
            probabilities[y] = (float) sums[y];
        }
        return probabilities;
    }

    @Override
    public void observe(List<Observation> batch) {
        counters.requireIdle(learning);
        counters.observed(batch);
        batch.forEach(image -> alarm.observe(seen(image).features(), worlds.get(present())));
        boolean suspected = alarm.suspects();
        if (!suspected) {
            statistics.settle();
        }
        for (Observation image : batch) {
            learn(image, suspected);
        }
        imagesOfWorld += batch.size();
        learning = true;
    }

    private static Seen seen(Observation image) {
        return (Seen) image.prediction().trace().orElseThrow();
    }

    private void learn(Observation image, boolean suspected) {
        byte[] pixels = image.image().pixels();
        int label = learnsClasses ? counters.classOf(image.image()) : LabelRegistry.UNLABELLED;
        labels.observe(label, counters.answered(image), alarm.isWatching());
        if (label == LabelRegistry.UNLABELLED) {
            statistics.noted(pixels);
        } else {
            statistics.learnt(pixels, seen(image).features(), present(), label, suspected);
        }
    }

    @Override
    public Optional<UnitOfWork> nextWork() {
        return learning ? Optional.of(new Solve()) : Optional.empty();
    }

    /** Opens a world if there is a new one, and solves for the head if that is due; ends the batch's work. */
    private final class Solve implements UnitOfWork {
        @Override
        public boolean learns() {
            return false;
        }

        @Override
        public WorkReport run() {
            Optional<Verdict> novel = alarm.take();
            Optional<LabelChange> renamed = labels.take(novel.isPresent());
            renamed.ifPresent(change -> statistics.forget(change.stale()));
            Optional<Expansion> expansion =
                    novel.isPresent() && expands() ? Optional.of(expand(novel)) : Optional.empty();
            List<float[]> anew = statistics.learnFilters();
            if (!anew.isEmpty()) {
                alarm.seesAnew(anew);
            }
            statistics.refresh();
            learning = false;
            counters.changed();
            Optional<Expansion> placed = expansion.map(made -> made.near(nearest()));
            return WorkReport.ofExpansion("solve", placed, novel.isPresent() && !expands())
                    .with(LabelChange.joined(alarm.takeNotices(), renamed, counters.labels()));
        }
    }

    /** Id of the older world that the present one is most like. */
    private OptionalInt nearest() {
        OptionalInt nearest = statistics.nearestTo(present());
        return nearest.isPresent() ? OptionalInt.of(worlds.get(nearest.getAsInt())) : nearest;
    }

    /** Index of the present world. */
    private int present() {
        return worlds.size() - 1;
    }

    private boolean expands() {
        return own.worlds() > 1;
    }

    private Expansion expand(Optional<Verdict> verdict) {
        int id = worlds.get(present()) + 1;
        worlds.add(id);
        if (verdict.isPresent()) {
            statistics.handOver(present());
        }
        long images = imagesOfWorld;
        imagesOfWorld = 0;
        List<LearnerNotice> merged = merge();
        return new Expansion(id, counters.step(), verdict, worlds.size(), images)
                .with(learnsClasses ? merged : List.of());
    }

    /** Worlds that ended become one, the nearest first, until there are no more than may be. */
    private List<LearnerNotice> merge() {
        List<LearnerNotice> merged = new ArrayList<>();
        while (worlds.size() > own.worlds()) {
            WorldPair pair = statistics.nearest(present(), 0).orElseThrow();
            long images = statistics.images(pair.newer());
            statistics.merge(pair.older(), pair.newer());
            int kept = worlds.get(pair.older());
            int gone = worlds.remove(pair.newer());
            alarm.merged(kept, gone);
            merged.add(pair.notice(kept, gone, images));
        }
        if (!merged.isEmpty()) {
            statistics.refresh();
        }
        return merged;
    }

    @Override
    public void abandon() {
        learning = false;
        counters.changed();
    }

    /** Counts to the present world; a label that comes twice counts twice. */
    @Override
    public boolean onLabel(LabelledImage image) {
        int label = counters.late(image, learning);
        if (learnsClasses) {
            statistics.learntLate(image.pixels(), present(), label);
        }
        return learnsClasses;
    }

    @Override
    public Optional<Expansion> onEvent(LearnerEvent event) {
        counters.changed();
        if (event == LearnerEvent.BOUNDARY) {
            alarm.restart();
            labels.restart();
            return expands() ? Optional.of(expand(Optional.empty())) : Optional.empty();
        }
        return Optional.empty();
    }

    @Override
    public long step() {
        return counters.step();
    }

    @Override
    public List<StateEntry> state() {
        List<StateEntry> entries = new ArrayList<>(counters.entries(CONTROL, out -> {
            out.writeInt(present());
            out.writeLong(imagesOfWorld);
            out.writeBoolean(learning);
            for (int id : worlds) {
                out.writeInt(id);
            }
        }));
        if (!entries.isEmpty()) {
            long revision = counters.revision();
            entries.add(new StateEntry(SUMS, revision, false, () -> StateCodec.seal(statistics::write)));
            entries.add(new StateEntry(CHOICE, revision, false, () -> StateCodec.seal(statistics.choice()::write)));
            entries.add(new StateEntry(ALARM, revision, false, () -> StateCodec.seal(alarm::write)));
            entries.add(new StateEntry(LABELS, revision, false, () -> StateCodec.seal(labels::write)));
        }
        return entries;
    }

    private void restore(Map<String, byte[]> state) {
        StateCodec.open(CONTROL, state, in -> {
            counters.read(in);
            int present = in.readInt();
            imagesOfWorld = in.readLong();
            learning = in.readBoolean();
            worlds = in.ids(present + 1);
            return worlds;
        });
        StateCodec.open(SUMS, state, in -> {
            statistics.read(in);
            return statistics;
        });
        StateCodec.readIfThere(CHOICE, state, statistics.choice()::read);
        StateCodec.open(ALARM, state, in -> {
            alarm.read(in);
            return alarm;
        });
        StateCodec.open(LABELS, state, in -> {
            labels.read(in);
            return labels;
        });
    }

    @Override
    public LearnerDescription describe() {
        return new LearnerDescription(
                counters.labels().labels(),
                0,
                OptionalInt.of(worlds.size()),
                OptionalInt.empty(),
                0,
                Optional.of(counters.accuracy().figures()));
    }
}
