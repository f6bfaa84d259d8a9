package dev.levitstream.learner.replay;

import dev.levitstream.common.Randomness;
import dev.levitstream.common.Randomness.Purpose;
import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerDescription;
import dev.levitstream.learner.LearnerEvent;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Observation;
import dev.levitstream.learner.StateEntry;
import dev.levitstream.learner.UnitOfWork;
import dev.levitstream.learner.WorkReport;
import dev.levitstream.learner.common.ActiveComponent;
import dev.levitstream.learner.common.ComponentFactory;
import dev.levitstream.learner.common.ComponentUpdate;
import dev.levitstream.learner.common.FrozenView;
import dev.levitstream.learner.common.LearnerCounters;
import dev.levitstream.learner.common.MemoryItem;
import dev.levitstream.learner.common.MiniBatch;
import dev.levitstream.learner.common.ReplayMemory;
import dev.levitstream.learner.common.StateCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One network trained on the latest labelled images and, if it remembers, as many or more drawn from a reservoir.
 * Unlabelled images are answered and not learnt.
 */
final class ReplayLearner implements Learner {
    private static final String CONTROL = "control";
    private static final String NET = "active";
    private static final float[] NOTHING = new float[0];

    private final LearnerOptions options;
    private final ReplayOptions own;
    private final boolean remembers;
    private final ActiveComponent net;
    private final ReplayMemory memory;
    private final LearnerCounters counters;
    private List<MemoryItem> latest = List.of();
    private boolean learning;
    /** Whether {@code latest} is of the batch that is being learnt from. */
    private boolean fresh;

    ReplayLearner(LearnerContext context, ReplayOptions own, boolean remembers, Map<String, byte[]> state) {
        this.options = context.options();
        this.own = own;
        this.remembers = remembers;
        memory = new ReplayMemory(own.memory());
        counters = new LearnerCounters(context, own.budget());
        ComponentFactory factory = ComponentFactory.single(options, own.body(), own.training());
        byte[] control = state.get(CONTROL);
        net = control == null ? fresh(context, factory) : restore(context, factory, control, state);
    }

    private ActiveComponent fresh(LearnerContext context, ComponentFactory factory) {
        int classes = counters.labels().width();
        float[] values = factory.parameters(counters.seed(), 1, 0, classes);
        return ActiveComponent.fresh(1, factory, context.compute(), factory.network(0, classes), values);
    }

    @Override
    public List<ImagePrediction> predict(List<byte[]> images) {
        options.requireInputs(images);
        List<String> labels = counters.labels().labels();
        List<ImagePrediction> predictions = new ArrayList<>(images.size());
        for (float[] known : probabilities(images)) {
            float[] scores = known.length == 0 ? known : Arrays.copyOf(known, labels.size());
            predictions.add(new ImagePrediction(labels, scores, counters.step()));
        }
        return predictions;
    }

    private List<float[]> probabilities(List<byte[]> images) {
        List<float[]> nothing = Collections.nCopies(images.size(), NOTHING);
        return images.isEmpty() || net.network().classes() == 0
                ? nothing
                : net.probabilitiesOfEach(net.knowledgeOfEach(images), nothing);
    }

    @Override
    public void observe(List<Observation> batch) {
        counters.requireIdle(learning);
        counters.observed(batch);
        growHead();
        List<MemoryItem> labelled = new ArrayList<>();
        for (Observation image : batch) {
            if (image.image().label().isPresent()) {
                labelled.add(item(image.image()));
            }
        }
        learning = true;
        fresh = !labelled.isEmpty();
        if (fresh) {
            latest = labelled;
        }
    }

    private MemoryItem item(LabelledImage image) {
        return new MemoryItem(image.pixels(), counters.classOf(image), FrozenView.NONE);
    }

    private void growHead() {
        int width = counters.labels().width();
        if (width > net.network().classes()) {
            net.growHead(width, Randomness.at(counters.seed(), Purpose.GROW_HEAD, width));
        }
    }

    @Override
    public Optional<UnitOfWork> nextWork() {
        if (!learning && !counters.budget().isReleased()) {
            return Optional.empty();
        }
        Optional<UnitOfWork> update = counters.budget().isDue() && !latest.isEmpty()
                ? Optional.of(new ComponentUpdate(net, this::draw, counters.budget()))
                : Optional.empty();
        return update.isEmpty() && learning ? Optional.of(new Admission()) : update;
    }

    private MiniBatch draw() {
        SplittableRandom random = Randomness.at(counters.seed(), Purpose.UPDATE, counters.nextUpdate());
        List<MemoryItem> batch = new ArrayList<>(latest);
        batch.addAll(memory.draw(own.drawn(latest.size()), random));
        batch.replaceAll(image -> new MemoryItem(
                own.training().augmentation().of(image.pixels(), options.image(), random),
                image.label(),
                FrozenView.NONE));
        return new MiniBatch(batch, 0, random);
    }

    /** The batch goes into the memory, after its updates: it must not be drawn beside itself. */
    private final class Admission implements UnitOfWork {
        @Override
        public boolean learns() {
            return false;
        }

        @Override
        public WorkReport run() {
            if (fresh && remembers) {
                latest.forEach(ReplayLearner.this::admit);
            }
            learning = false;
            counters.changed();
            return WorkReport.of("admission");
        }
    }

    private void admit(MemoryItem image) {
        memory.admit(image, Randomness.at(counters.seed(), Purpose.ADMIT, counters.nextAdmission()));
    }

    @Override
    public void abandon() {
        learning = false;
        counters.changed();
    }

    /** The image is replayed from now on, if this learner remembers. */
    @Override
    public boolean onLabel(LabelledImage image) {
        counters.requireIdle(learning);
        if (remembers) {
            counters.labels().register(Set.of(image.label().orElseThrow()));
            counters.changed();
            growHead();
            admit(item(image));
        }
        return remembers;
    }

    @Override
    public Optional<Expansion> onEvent(LearnerEvent event) {
        counters.changed();
        if (event == LearnerEvent.END_OF_STREAM) {
            counters.budget().release();
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
            memory.write(out);
            out.writeBoolean(learning);
            out.writeBoolean(fresh);
            out.writeInt(latest.size());
            for (MemoryItem image : latest) {
                out.writeInt(image.label());
                StateCodec.writeBytes(out, image.pixels());
            }
        }));
        if (!entries.isEmpty()) {
            entries.add(new StateEntry(NET, counters.revision(), false, () -> StateCodec.seal(net::write)));
            entries.addAll(memory.entries());
        }
        return entries;
    }

    private ActiveComponent restore(
            LearnerContext context, ComponentFactory factory, byte[] control, Map<String, byte[]> state) {
        latest = StateCodec.open(CONTROL, control, in -> {
            counters.read(in);
            memory.read(in);
            memory.restore(state);
            learning = in.readBoolean();
            fresh = in.readBoolean();
            int count = in.readInt();
            List<MemoryItem> images = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                int label = in.readInt();
                images.add(new MemoryItem(StateCodec.readBytes(in), label, FrozenView.NONE));
            }
            return images;
        });
        return StateCodec.open(
                NET, state, in -> ActiveComponent.read(1, factory, context.compute(), in, counters.seed()));
    }

    @Override
    public LearnerDescription describe() {
        return new LearnerDescription(
                counters.labels().labels(),
                net.network().layout().size(),
                OptionalInt.empty(),
                OptionalInt.of(memory.size()),
                counters.budget().queued(),
                Optional.of(counters.accuracy().figures()));
    }

    @Override
    public void close() {
        net.close();
    }
}
