package dev.levitstream.learner;

import dev.levitstream.common.Check;
import dev.levitstream.common.Randomness;
import dev.levitstream.common.Randomness.Purpose;
import dev.levitstream.learner.ReplayMemory.Remembered;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.VisionTransformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The two bounds every comparison needs, one ViT each: {@code finetune} trains on the latest labelled images alone,
 * {@code er} on them and as many drawn from a reservoir (Chaudhry et al. 2019; Vitter 1985). Unlabelled images are
 * answered and not learnt.
 */
final class ReplayLearner implements Learner {
    private static final String CONTROL = "control";
    private static final String NET = "active";
    private static final float[] NOTHING = new float[0];

    private final LearnerOptions options;
    private final ActiveComponent net;
    private final ReplayMemory memory;
    private final Progress progress;
    /** Images of the batch that were answered, and what was said of them. */
    private final List<LabelledImage> waiting = new ArrayList<>();

    private final List<ImagePrediction> answered = new ArrayList<>();
    private List<Remembered> latest = List.of();
    private boolean learning;
    /** Whether {@code latest} is of the batch that is being learnt from. */
    private boolean fresh;

    ReplayLearner(LearnerContext context, Map<String, byte[]> state) {
        options = context.options();
        memory = new ReplayMemory(new MemoryOptions(
                options.memory().capacity(),
                MemoryOptions.Admission.RESERVOIR,
                options.memory().unlabelled()));
        progress = new Progress(context);
        Blueprint blueprint = new Blueprint(
                new VisionTransformer(options.network().vit()),
                Optional.empty(),
                new KnowledgeFusion(KnowledgeFusion.Level.NONE, KnowledgeFusion.Gates.FIXED),
                options.training().klWeight());
        byte[] control = state.get(CONTROL);
        net = control == null
                ? fresh(blueprint, context.compute())
                : restore(blueprint, context.compute(), control, state);
    }

    private ActiveComponent fresh(Blueprint blueprint, Compute compute) {
        int classes = progress.labels().width();
        float[] values = new Initialiser(blueprint, progress.seed()).parameters(1, 0, classes);
        return new ActiveComponent(1, options, compute, blueprint.network(0, classes), values);
    }

    @Override
    public List<ImagePrediction> predict(List<LabelledImage> images) {
        for (LabelledImage image : images) {
            Check.that(
                    image.pixels().length == options.image().size(),
                    "image.pixels",
                    image.pixels().length,
                    "must be " + options.image().size());
        }
        List<String> labels = progress.labels().labels();
        List<ImagePrediction> predictions = new ArrayList<>(images.size());
        for (float[] known : probabilities(images)) {
            float[] scores = known.length == 0 ? known : Arrays.copyOf(known, labels.size());
            predictions.add(new ImagePrediction(labels, scores, 1, 0, Float.NaN));
        }
        return predictions;
    }

    private List<float[]> probabilities(List<LabelledImage> images) {
        List<float[]> nothing = Collections.nCopies(images.size(), NOTHING);
        return images.isEmpty() || net.network().classes() == 0
                ? nothing
                : net.probabilitiesOfEach(
                        net.knowledgeOfEach(
                                images.stream().map(LabelledImage::pixels).toList()),
                        nothing);
    }

    @Override
    public Answers answer(List<LabelledImage> images) {
        Check.that(!images.isEmpty(), "images.size", 0, "must be at least 1");
        progress.requireIdle(learning);
        List<ImagePrediction> predictions = predict(images);
        waiting.addAll(images);
        answered.addAll(predictions);
        return new Answers(progress.step(), predictions);
    }

    @Override
    public void begin() {
        progress.requireIdle(learning);
        progress.observed(waiting, answered);
        growHead();
        List<Remembered> labelled = new ArrayList<>();
        for (LabelledImage image : waiting) {
            if (image.label().isPresent()) {
                labelled.add(new Remembered(image.pixels(), progress.classOf(image), FrozenView.NONE));
            }
        }
        learning = true;
        fresh = !labelled.isEmpty();
        if (fresh) {
            latest = labelled;
        }
        forgetWaiting();
    }

    private void forgetWaiting() {
        waiting.clear();
        answered.clear();
    }

    @Override
    public void abandon() {
        forgetWaiting();
        learning = false;
        progress.changed();
    }

    @Override
    public long step() {
        return progress.step();
    }

    @Override
    public boolean isBlank() {
        return progress.isBlank();
    }

    @Override
    public boolean isLearning() {
        return learning;
    }

    @Override
    public Optional<Update> nextUpdate() {
        progress.requireLearning(learning);
        return progress.work().isDue() ? update() : Optional.empty();
    }

    @Override
    public Lesson conclude() {
        progress.requireLearning(learning);
        if (fresh && options.kind() == LearnerKind.ER) {
            for (Remembered image : latest) {
                memory.admit(image, Randomness.at(progress.seed(), Purpose.ADMIT, progress.nextAdmission()));
            }
        }
        learning = false;
        return progress.learnt(Optional.empty(), false);
    }

    private void growHead() {
        int width = progress.labels().width();
        if (width > net.network().classes()) {
            net.growHead(width, Randomness.at(progress.seed(), Purpose.GROW_HEAD, width));
        }
    }

    private Optional<Update> update() {
        return latest.isEmpty() ? Optional.empty() : Optional.of(new Update(net, this::draw, progress.work()));
    }

    private MiniBatch draw() {
        SplittableRandom random = Randomness.at(progress.seed(), Purpose.UPDATE, progress.nextUpdate());
        List<Remembered> batch = new ArrayList<>(latest);
        batch.addAll(memory.draw(latest.size(), random));
        batch.replaceAll(image -> new Remembered(
                options.training().augmentation().of(image.pixels(), options.image(), random),
                image.label(),
                FrozenView.NONE));
        return new MiniBatch(batch, 0, random);
    }

    @Override
    public Optional<Expansion> onEvent(LearnerEvent event) {
        progress.changed();
        if (event == LearnerEvent.END_OF_STREAM) {
            Update.makeQueued(progress.work(), this::update);
        }
        return Optional.empty();
    }

    @Override
    public boolean admits(Set<String> labels) {
        return progress.labels().admits(labels);
    }

    @Override
    public List<StateEntry> state() {
        List<StateEntry> entries = new ArrayList<>();
        entries.add(new StateEntry(
                CONTROL,
                progress.revision(),
                false,
                () -> StateCodec.seal(out -> {
                    progress.write(out);
                    memory.write(out);
                    out.writeBoolean(learning);
                    out.writeBoolean(fresh);
                    out.writeInt(latest.size());
                    for (Remembered image : latest) {
                        out.writeInt(image.label());
                        StateCodec.writeBytes(out, image.pixels());
                    }
                })));
        entries.add(new StateEntry(NET, progress.revision(), false, () -> StateCodec.seal(net::write)));
        entries.addAll(memory.entries());
        return entries;
    }

    private ActiveComponent restore(Blueprint blueprint, Compute compute, byte[] control, Map<String, byte[]> state) {
        latest = StateCodec.open(CONTROL, control, in -> {
            progress.read(in);
            memory.read(in);
            memory.restore(state);
            learning = in.readBoolean();
            fresh = in.readBoolean();
            int count = in.readInt();
            List<Remembered> images = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                int label = in.readInt();
                images.add(new Remembered(StateCodec.readBytes(in), label, FrozenView.NONE));
            }
            return images;
        });
        Initialiser initialiser = new Initialiser(blueprint, progress.seed());
        return StateCodec.open(NET, state, in -> ActiveComponent.read(1, options, compute, in, initialiser));
    }

    @Override
    public List<ComponentAnswers> everyAnswer(List<LabelledImage> images) {
        return predict(images).stream()
                .map(prediction ->
                        new ComponentAnswers(1, prediction.label(), new float[1], List.of(prediction.label())))
                .toList();
    }

    @Override
    public List<ComponentProfile> profiles(int generated) {
        return List.of(net.profile(0, Randomness.at(progress.seed(), Purpose.GENERATE, 0)));
    }

    @Override
    public LearnerDescription describe() {
        return new LearnerDescription(
                options.kind().key(),
                "replay",
                "full",
                1,
                net.network().layout().size(),
                progress.labels().labels(),
                memory.size(),
                progress.work().queued(),
                progress.accuracy().figures());
    }

    @Override
    public void close() {
        net.close();
    }
}
