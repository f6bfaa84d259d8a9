package dev.levitstream.learner;

import dev.levitstream.common.Check;
import dev.levitstream.common.Randomness;
import dev.levitstream.common.Randomness.Purpose;
import dev.levitstream.learner.MemoryOptions.Unlabelled;
import dev.levitstream.learner.ReplayMemory.Remembered;
import dev.levitstream.nn.model.Vae;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** LEViT, Algorithm 1, and its variants. */
final class ExpandableLearner implements Learner {
    private static final String CONTROL = "control";

    private final LearnerOptions options;
    private final ComponentPool pool;
    private final ReplayMemory memory;
    private final Progress progress;
    private final ExpansionCriterion criterion;
    private final int latentWidth;
    /** Images of the batch that were answered, and what came of it. */
    private final List<LabelledImage> waiting = new ArrayList<>();

    private final List<Judgement> judged = new ArrayList<>();
    private final List<ImagePrediction> answered = new ArrayList<>();
    /** The batch that is being learnt from. */
    private List<byte[]> latest = List.of();

    ExpandableLearner(LearnerContext context, Map<String, byte[]> state) {
        options = context.options();
        Vae vae = Vae.of(options.network().vae());
        latentWidth = vae.latentWidth();
        Blueprint blueprint = new Blueprint(
                Footprint.body(options),
                Optional.of(vae),
                options.kind().fusion(options.fusion().level()),
                options.training().klWeight());
        pool = new ComponentPool(options, blueprint, context.compute());
        memory = new ReplayMemory(options.memory());
        progress = new Progress(context);
        byte[] control = state.get(CONTROL);
        if (control == null) {
            criterion = ExpansionCriterion.of(options, progress.seed());
            pool.grow(progress.seed(), progress.labels().width());
        } else {
            criterion = restore(control, state);
        }
    }

    @Override
    public List<ImagePrediction> predict(List<LabelledImage> images) {
        return predictions(judge(images));
    }

    @Override
    public Answers answer(List<LabelledImage> images) {
        Check.that(!images.isEmpty(), "images.size", 0, "must be at least 1");
        progress.requireIdle(isLearning());
        List<Judgement> judgements = judge(images);
        List<ImagePrediction> predictions = predictions(judgements);
        waiting.addAll(images);
        judged.addAll(judgements);
        answered.addAll(predictions);
        return new Answers(progress.step(), predictions);
    }

    @Override
    public void begin() {
        progress.requireIdle(isLearning());
        progress.observed(waiting, answered);
        criterion.observed(judged, pool);
        boolean suspected = criterion.suspects();
        if (suspected) {
            pool.active().remember(); // what it learns from here on may be another world
        } else {
            pool.active().forget();
            pool.discriminant().ifPresent(DiscriminantRouter::settle);
        }
        growHead();
        for (int i = 0; i < waiting.size(); i++) {
            admit(waiting.get(i), judged.get(i), suspected);
        }
        latest = pixels(waiting);
        forgetWaiting();
    }

    private void forgetWaiting() {
        waiting.clear();
        judged.clear();
        answered.clear();
    }

    @Override
    public void abandon() {
        forgetWaiting();
        latest = List.of();
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
        return !latest.isEmpty();
    }

    @Override
    public Optional<Update> nextUpdate() {
        progress.requireLearning(isLearning());
        return progress.work().isDue() ? update() : Optional.empty();
    }

    @Override
    public Lesson conclude() {
        progress.requireLearning(isLearning());
        boolean firstFill = options.expansion().firstFill() && pool.size() == 1 && memory.isOverfull(); // line 14
        Optional<Verdict> novel = firstFill ? Optional.empty() : verdict().filter(Verdict::isNovel); // line 15
        latest = List.of();
        boolean wanted = firstFill || novel.isPresent() || isFull(pool.active());
        Optional<Expansion> expansion = wanted && hasRoom() ? Optional.of(expand(novel)) : Optional.empty();
        pool.discriminant().ifPresent(DiscriminantRouter::refresh);
        if (memory.isOverfull()) {
            memory.relieve();
        }
        return progress.learnt(expansion, wanted && expansion.isEmpty());
    }

    private Optional<Verdict> verdict() {
        return criterion.verdict(latest, memory, pool);
    }

    private boolean isFull(Component active) {
        long most = options.expansion().maxImages();
        return most > 0 && active.imagesSeen() >= most;
    }

    private List<Judgement> judge(List<LabelledImage> images) {
        for (LabelledImage image : images) {
            Check.that(
                    image.pixels().length == options.image().size(),
                    "image.pixels",
                    image.pixels().length,
                    "must be " + options.image().size());
        }
        return pool.judge(pixels(images));
    }

    private static List<byte[]> pixels(List<LabelledImage> images) {
        return images.stream().map(LabelledImage::pixels).toList();
    }

    private List<ImagePrediction> predictions(List<Judgement> judgements) {
        List<String> labels = progress.labels().labels();
        List<ImagePrediction> predictions = new ArrayList<>(judgements.size());
        for (Judgement judgement : judgements) {
            // a component knows the classes of its time; later ones get probability 0, unnamed places are left out
            float[] known = judgement.probabilities();
            float[] scores = known.length == 0 ? known : Arrays.copyOf(known, labels.size());
            float threshold = criterion.noveltyThreshold(judgement, pool);
            predictions.add(
                    new ImagePrediction(labels, scores, judgement.routed() + 1, judgement.novelty(), threshold));
        }
        return predictions;
    }

    private void growHead() {
        int width = progress.labels().width();
        if (width > pool.active().network().classes()) {
            long counter = ((long) pool.size() << 32) + width;
            pool.active().growHead(width, Randomness.at(progress.seed(), Purpose.GROW_HEAD, counter));
        }
    }

    private void admit(LabelledImage image, Judgement judgement, boolean suspected) {
        boolean explainedByFrozen = judgement.routed() < pool.size() - 1;
        if (image.label().isEmpty() && explainedByFrozen && options.memory().unlabelled() == Unlabelled.ROUTED) {
            return;
        }
        int label = progress.classOf(image);
        pool.active().sawImage();
        pool.discriminant().ifPresent(router -> router.learnt(judgement.features(), pool.size() - 1, label, suspected));
        memory.admit(
                new Remembered(image.pixels(), label, judgement.view()),
                Randomness.at(progress.seed(), Purpose.ADMIT, progress.nextAdmission()));
    }

    /** Line 7 to 11: one mini-batch of the memory; not before the memory can fill one. */
    private Optional<Update> update() {
        return memory.size() < options.training().batch()
                ? Optional.empty()
                : Optional.of(new Update(pool.active(), this::draw, progress.work()));
    }

    private MiniBatch draw() {
        SplittableRandom random = Randomness.at(progress.seed(), Purpose.UPDATE, progress.nextUpdate());
        List<Remembered> drawn = memory.draw(options.training().batch(), random);
        return new MiniBatch(augmented(drawn, random), latentWidth, random);
    }

    private List<Remembered> augmented(List<Remembered> drawn, SplittableRandom random) {
        Augmentation augmentation = options.training().augmentation();
        if (augmentation == Augmentation.NONE) {
            return drawn;
        }
        List<byte[]> changed = drawn.stream()
                .map(image -> augmentation.of(image.pixels(), options.image(), random))
                .toList();
        List<FrozenView> views = pool.passingViews(changed);
        List<Remembered> augmented = new ArrayList<>(drawn.size());
        for (int i = 0; i < drawn.size(); i++) {
            augmented.add(new Remembered(changed.get(i), drawn.get(i).label(), views.get(i)));
        }
        return augmented;
    }

    private boolean hasRoom() {
        return pool.size() < options.expansion().maxComponents();
    }

    /** Lines 16 to 18. */
    private Expansion expand(Optional<Verdict> verdict) {
        long imagesSeen = pool.active().imagesSeen();
        if (verdict.isEmpty()) {
            pool.active().forget(); // no change was found: nothing to take back
        }
        pool.grow(progress.seed(), progress.labels().width());
        if (verdict.isPresent()) {
            pool.discriminant().ifPresent(router -> router.handOver(pool.size() - 1));
        }
        memory.clear();
        criterion.expanded();
        return new Expansion(pool.size(), progress.step(), verdict, pool.size(), imagesSeen);
    }

    @Override
    public Optional<Expansion> onEvent(LearnerEvent event) {
        progress.changed();
        if (event == LearnerEvent.END_OF_STREAM) {
            Update.makeQueued(progress.work(), this::update);
        }
        return event == LearnerEvent.MANUAL && hasRoom() ? Optional.of(expand(Optional.empty())) : Optional.empty();
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
                    out.writeInt(pool.size());
                    memory.write(out);
                    out.writeInt(latest.size());
                    for (byte[] image : latest) {
                        StateCodec.writeBytes(out, image);
                    }
                    out.writeUTF(options.expansion().criterion().name());
                    criterion.write(out);
                })));
        entries.addAll(pool.entries(progress.revision()));
        entries.addAll(memory.entries());
        return entries;
    }

    private ExpansionCriterion restore(byte[] control, Map<String, byte[]> state) {
        return StateCodec.open(CONTROL, control, in -> {
            progress.read(in);
            pool.restore(state, in.readInt(), progress.seed());
            memory.read(in);
            memory.restore(state, pool::views);
            latest = readImages(in);
            ExpansionCriterion restored = ExpansionCriterion.of(options, progress.seed());
            // another criterion than before starts without a past
            if (in.readUTF().equals(options.expansion().criterion().name())) {
                restored.read(in);
            }
            return restored;
        });
    }

    private static List<byte[]> readImages(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<byte[]> images = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            images.add(StateCodec.readBytes(in));
        }
        return images;
    }

    @Override
    public List<ComponentAnswers> everyAnswer(List<LabelledImage> images) {
        List<Judgement> judgements = judge(images);
        List<ImagePrediction> predictions = predictions(judgements);
        List<List<float[]>> every = pool.everyAnswer(pixels(images));
        float[][] losses = pool.scores(pixels(images));
        List<ComponentAnswers> answers = new ArrayList<>(images.size());
        for (int i = 0; i < images.size(); i++) {
            ImagePrediction prediction = predictions.get(i);
            List<Optional<String>> labels = new ArrayList<>(pool.size());
            for (List<float[]> ofComponent : every) {
                labels.add(prediction.withScores(ofComponent.get(i)).label());
            }
            answers.add(new ComponentAnswers(prediction.componentId(), prediction.label(), losses[i], labels));
        }
        return answers;
    }

    @Override
    public List<ComponentProfile> profiles(int generated) {
        List<ComponentProfile> profiles = new ArrayList<>(pool.size());
        for (int c = 0; c < pool.size(); c++) {
            SplittableRandom random = Randomness.at(progress.seed(), Purpose.GENERATE, Long.MIN_VALUE + c);
            profiles.add(pool.get(c).profile(generated, random));
        }
        return profiles;
    }

    @Override
    public LearnerDescription describe() {
        return new LearnerDescription(
                options.kind().key(),
                "expansion",
                "reconstructed: the article's equations and code are not published in full",
                pool.size(),
                pool.parameters(),
                progress.labels().labels(),
                memory.size(),
                progress.work().queued(),
                progress.accuracy().figures());
    }

    @Override
    public void close() {
        pool.close();
    }
}
