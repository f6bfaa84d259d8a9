package dev.levitstream.learner.levit;

import dev.levitstream.common.Randomness;
import dev.levitstream.common.Randomness.Purpose;
import dev.levitstream.learner.ComponentAnswers;
import dev.levitstream.learner.ComponentProfile;
import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Inspectable;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerDescription;
import dev.levitstream.learner.LearnerEvent;
import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Observation;
import dev.levitstream.learner.StateEntry;
import dev.levitstream.learner.UnitOfWork;
import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.WorkReport;
import dev.levitstream.learner.change.LabelChangeDetector;
import dev.levitstream.learner.change.LabelChangeDetector.LabelChange;
import dev.levitstream.learner.common.Augmentation;
import dev.levitstream.learner.common.Component;
import dev.levitstream.learner.common.ComponentFactory;
import dev.levitstream.learner.common.ComponentUpdate;
import dev.levitstream.learner.common.LearnerCounters;
import dev.levitstream.learner.common.MemoryItem;
import dev.levitstream.learner.common.MemoryOptions.Unlabelled;
import dev.levitstream.learner.common.MiniBatch;
import dev.levitstream.learner.common.ReplayMemory;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.learner.linear.GroupStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** LEViT, Algorithm 1, and its variants. */
final class LevitLearner implements Learner, Inspectable {
    private static final String CONTROL = "control";
    private static final String LABELS = "labels";

    private final LearnerOptions options;
    private final LevitOptions own;
    private final ComponentFactory factory;
    private final ComponentPool pool;
    private final ComponentMerging merging;
    private final ReplayMemory memory;
    private final LearnerCounters counters;
    private final ExpansionCriterion criterion;
    private final LabelChangeDetector labels;
    /** The batch that is being learnt from. */
    private List<byte[]> latest = List.of();

    LevitLearner(LearnerContext context, LevitOptions own, ComponentFactory factory, Map<String, byte[]> state) {
        this.options = context.options();
        this.own = own;
        this.factory = factory;
        pool = new ComponentPool(context, own, factory);
        merging = new ComponentMerging(pool, own.expansion().maxComponents());
        memory = new ReplayMemory(own.memory());
        counters = new LearnerCounters(context, own.budget());
        labels = new LabelChangeDetector(own.expansion().falseAlarm());
        byte[] control = state.get(CONTROL);
        if (control == null) {
            criterion = criterion();
            pool.grow(counters.seed(), counters.labels().width());
        } else {
            criterion = restore(control, state);
            StateCodec.readIfThere(LABELS, state, labels::read);
        }
    }

    private ExpansionCriterion criterion() {
        return ExpansionCriterion.of(own.expansion(), options.input(), counters.seed(), pool::projection);
    }

    @Override
    public List<ImagePrediction> predict(List<byte[]> images) {
        options.requireInputs(images);
        List<String> known = counters.labels().labels();
        return pool.route(images).stream()
                .map(image -> image.prediction(
                        known, pool.get(image.routed()).id(), counters.step(), criterion.noveltyThreshold(image, pool)))
                .toList();
    }

    @Override
    public void observe(List<Observation> batch) {
        counters.requireIdle(isLearning());
        counters.observed(batch);
        List<RoutingResult> results = batch.stream()
                .map(image -> (RoutingResult) image.prediction().trace().orElseThrow())
                .toList();
        criterion.observed(results, pool);
        boolean suspected = criterion.suspects();
        if (suspected) {
            pool.active().remember(); // what it learns from here on may be another world
        } else {
            pool.active().forget();
            pool.discriminant().ifPresent(GroupStatistics::settle);
        }
        growHead();
        for (int i = 0; i < batch.size(); i++) {
            admit(batch.get(i), results.get(i), suspected);
        }
        latest = batch.stream().map(image -> image.image().pixels()).toList();
    }

    private void growHead() {
        pool.growHead(counters.seed(), counters.labels().width());
    }

    private void admit(Observation observed, RoutingResult result, boolean suspected) {
        LabelledImage image = observed.image();
        int label = counters.classOf(image);
        labels.observe(label, counters.answered(observed), criterion.watchesFeatures());
        boolean explainedByFrozen = result.routed() < pool.size() - 1;
        if (image.label().isEmpty() && explainedByFrozen && own.memory().unlabelled() == Unlabelled.ROUTED) {
            return;
        }
        pool.weights().observed(result, label);
        pool.active().sawImage();
        pool.discriminant()
                .ifPresent(
                        router -> router.learnt(image.pixels(), result.features(), pool.size() - 1, label, suspected));
        memory.admit(
                new MemoryItem(image.pixels(), label, result.view()),
                Randomness.at(counters.seed(), Purpose.ADMIT, counters.nextAdmission()));
    }

    private boolean isLearning() {
        return !latest.isEmpty();
    }

    @Override
    public Optional<UnitOfWork> nextWork() {
        if (!isLearning() && !counters.budget().isReleased()) {
            return Optional.empty();
        }
        Optional<UnitOfWork> update = counters.budget().isDue() ? update() : Optional.empty();
        return update.isEmpty() && isLearning() ? Optional.of(new ExpansionCheck()) : update;
    }

    /** Line 7 to 11: one mini-batch of the memory; not before the memory can fill one. */
    private Optional<UnitOfWork> update() {
        return memory.size() < own.training().batch()
                ? Optional.empty()
                : Optional.of(new ComponentUpdate(pool.active(), this::draw, counters.budget()));
    }

    private MiniBatch draw() {
        SplittableRandom random = Randomness.at(counters.seed(), Purpose.UPDATE, counters.nextUpdate());
        List<MemoryItem> drawn = memory.draw(own.training().batch(), random);
        Augmentation augmentation = own.training().augmentation();
        List<MemoryItem> augmented = augmentation == Augmentation.NONE
                ? drawn
                : pool.augmented(drawn, augmentation, options.image(), random);
        return new MiniBatch(augmented, factory.latentWidth(), random);
    }

    /** Line 14 to 21: whether to expand, and room in the memory; ends the batch's work. */
    private final class ExpansionCheck implements UnitOfWork {
        @Override
        public boolean learns() {
            return false;
        }

        @Override
        public WorkReport run() {
            boolean firstFill = own.expansion().firstFill() && pool.size() == 1 && memory.isOverfull(); // line 14
            Optional<Verdict> novel = firstFill
                    ? Optional.empty()
                    : criterion.verdict(latest, memory, pool).filter(Verdict::isNovel); // line 15
            List<byte[]> newest = latest;
            latest = List.of();
            Optional<LabelChange> renamed = labels.take(novel.isPresent());
            renamed.ifPresent(change -> {
                memory.forget(change.stale());
                pool.discriminant().ifPresent(sums -> sums.forget(change.stale()));
            });
            boolean wanted = firstFill || novel.isPresent() || isFull(pool.active());
            Optional<Expansion> expansion = wanted && merging.hasRoom() ? Optional.of(expand(novel)) : Optional.empty();
            pool.discriminant().ifPresent(router -> {
                List<float[]> features = router.learnFilters();
                if (!features.isEmpty()) {
                    criterion.seesAnew(features);
                }
                router.refresh();
            });
            if (memory.isOverfull()) {
                memory.relieve();
            }
            counters.changed();
            Optional<Expansion> placed =
                    novel.isEmpty() ? expansion : expansion.map(made -> made.near(NearestComponent.of(pool, newest)));
            return WorkReport.ofExpansion("expansion-check", placed, wanted && expansion.isEmpty())
                    .with(LabelChange.joined(criterion.takeNotices(), renamed, counters.labels()));
        }
    }

    private boolean isFull(Component active) {
        long most = own.expansion().maxImages();
        return most > 0 && active.imagesSeen() >= most;
    }

    /** Lines 16 to 18. */
    private Expansion expand(Optional<Verdict> verdict) {
        long imagesSeen = pool.active().imagesSeen();
        if (verdict.isEmpty()) {
            pool.active().forget(); // no change was found: nothing to take back
        }
        pool.grow(counters.seed(), counters.labels().width());
        if (verdict.isPresent()) {
            pool.discriminant().ifPresent(router -> router.handOver(pool.size() - 1));
        }
        memory.clear();
        labels.restart();
        criterion.expanded(verdict.isPresent());
        List<LearnerNotice> merged = merging.merge(criterion);
        return new Expansion(pool.active().id(), counters.step(), verdict, pool.size(), imagesSeen).with(merged);
    }

    @Override
    public void abandon() {
        latest = List.of();
        counters.changed();
    }

    /** Learns the label of an image that is in the memory: only the active component can. */
    @Override
    public boolean onLabel(LabelledImage image) {
        int label = counters.late(image, isLearning());
        growHead();
        boolean held = memory.label(image.pixels(), label);
        if (held) {
            pool.discriminant().ifPresent(router -> router.label(image.pixels(), pool.size() - 1, label));
        }
        return held;
    }

    @Override
    public Optional<Expansion> onEvent(LearnerEvent event) {
        counters.changed();
        if (event == LearnerEvent.END_OF_STREAM) {
            counters.budget().release();
        }
        return event == LearnerEvent.BOUNDARY && merging.hasRoom()
                ? Optional.of(expand(Optional.empty()))
                : Optional.empty();
    }

    @Override
    public long step() {
        return counters.step();
    }

    @Override
    public List<StateEntry> state() {
        List<StateEntry> entries = new ArrayList<>(counters.entries(CONTROL, out -> {
            pool.writeIds(out);
            memory.write(out);
            StateCodec.writeImages(out, latest);
            out.writeUTF(own.expansion().criterion().name());
            criterion.write(out);
        }));
        if (!entries.isEmpty()) {
            entries.addAll(pool.entries(counters.revision()));
            entries.addAll(memory.entries());
            entries.add(new StateEntry(LABELS, counters.revision(), false, () -> StateCodec.seal(labels::write)));
        }
        return entries;
    }

    private ExpansionCriterion restore(byte[] control, Map<String, byte[]> state) {
        return StateCodec.open(CONTROL, control, in -> {
            counters.read(in);
            pool.restore(state, in.ids(in.readInt()), counters.seed());
            memory.read(in);
            memory.restore(state, pool::views);
            latest = StateCodec.readImages(in);
            ExpansionCriterion restored = criterion();
            // another criterion than before starts without a past
            if (in.readUTF().equals(own.expansion().criterion().name())) {
                restored.read(in);
            }
            return restored;
        });
    }

    @Override
    public List<ComponentAnswers> everyAnswer(List<byte[]> images) {
        return new ComponentInspection(pool).everyAnswer(images, predict(images));
    }

    @Override
    public List<ComponentProfile> profiles(int generated) {
        return new ComponentInspection(pool).profiles(generated, counters.seed());
    }

    @Override
    public LearnerDescription describe() {
        return new LearnerDescription(
                counters.labels().labels(),
                pool.parameters(),
                OptionalInt.of(pool.size()),
                OptionalInt.of(memory.size()),
                counters.budget().queued(),
                Optional.of(counters.accuracy().figures()));
    }

    @Override
    public void close() {
        pool.close();
    }
}
