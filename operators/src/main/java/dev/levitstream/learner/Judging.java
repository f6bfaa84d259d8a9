package dev.levitstream.learner;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * One look of a pool at some images, each by itself: what is done for one depends on that image alone, and components
 * compute images by themselves, so not even rounding depends on its batch mates.
 *
 * <p>Not every component looks at every image, so that an image costs the same however many there are: the VAEs of the
 * component that the discriminant believes in most and of the active one judge it ({@link RoutingOptions.Judges}), that
 * component answers, and the one believed in next only where that could be seen in the answer. Those that others fuse
 * look at all images, but they are few ({@link FusionOptions}).
 */
final class Judging {
    private static final float[] NOTHING = new float[0];

    private final ComponentPool pool;
    private final LearnerOptions options;
    private final List<byte[]> images;
    /** By image: what the router looks at and what it makes of it; empty where it is the VAEs. */
    private final List<float[]> features;

    private final List<Belief> beliefs;
    /** By image: components, the likeliest first. */
    private final List<List<Integer>> believed;
    /** By image: what the components that others fuse know of it, one after the other. */
    private final List<float[]> knowledge;

    Judging(ComponentPool pool, LearnerOptions options, List<byte[]> images) {
        this.pool = pool;
        this.options = options;
        this.images = images;
        features = images.stream()
                .map(pixels -> pool.discriminant()
                        .map(chooser -> chooser.features(pixels))
                        .orElse(NOTHING))
                .toList();
        beliefs = features.stream()
                .map(seen -> pool.discriminant()
                        .map(chooser -> chooser.believe(seen))
                        .orElseGet(() -> new Belief(List.of())))
                .toList();
        believed = beliefs.stream().map(Belief::components).toList();
        knowledge = pool.fusedKnowledge(images);
    }

    List<Judgement> judgements() {
        float[][] errors = unknown();
        float[][] scores = unknown();
        fill(errors, scores);
        int[] first = IntStream.range(0, images.size())
                .map(i -> believed.get(i).isEmpty()
                        ? Router.best(scores[i])
                        : believed.get(i).get(0))
                .toArray();
        float[][] own = answers(image -> OptionalInt.of(first[image]));
        OptionalInt[] second = IntStream.range(0, images.size())
                .mapToObj(i -> second(i, first[i], own[i]))
                .toArray(OptionalInt[]::new);
        float[][] other = answers(image -> second[image]);
        return IntStream.range(0, images.size())
                .mapToObj(i -> {
                    Answer answer = answer(i, first[i], own[i], second[i], other[i]);
                    FrozenView view = new FrozenView(knowledge.get(i), pool.kept(errors[i]));
                    return new Judgement(scores[i], answer.component(), features.get(i), answer.probabilities(), view);
                })
                .toList();
    }

    /** By image, then by component: reconstruction errors and VAE scores where a component judges an image. */
    private void fill(float[][] errors, float[][] scores) {
        for (int c = 0; c < pool.size(); c++) {
            int component = c;
            List<Integer> judged = imagesWhere(image -> judges(component, image));
            if (!judged.isEmpty()) {
                Component.Densities densities = pool.get(component).densitiesOfEach(of(judged));
                for (int k = 0; k < judged.size(); k++) {
                    errors[judged.get(k)][component] = densities.reconstruction()[k];
                    scores[judged.get(k)][component] = pool.score(densities, k);
                }
            }
        }
    }

    private Answer answer(int image, int first, float[] own, OptionalInt second, float[] other) {
        if (!isWeighed(image, first)) {
            return new Answer(first, own);
        }
        Belief belief = beliefs.get(image);
        return second.isPresent()
                ? Answer.product(belief, List.of(first, second.getAsInt()), List.of(own, other))
                : Answer.product(belief, List.of(first), List.of(own));
    }

    private float[][] unknown() {
        float[][] values = new float[images.size()][pool.size()];
        for (float[] row : values) {
            Arrays.fill(row, Float.NaN);
        }
        return values;
    }

    private List<Integer> imagesWhere(IntPredicate condition) {
        return IntStream.range(0, images.size()).filter(condition).boxed().toList();
    }

    private List<byte[]> of(List<Integer> chosen) {
        return chosen.stream().map(images::get).toList();
    }

    private boolean judges(int component, int image) {
        List<Integer> likely = believed.get(image);
        return likely.isEmpty() || pool.isJudgedByAll() || component == pool.size() - 1 || component == likely.get(0);
    }

    /** Whether the answer is the product of what the router believes and what components answer. */
    private boolean isWeighed(int image, int first) {
        return options.routing().router() == RoutingOptions.Method.PRODUCT
                && !believed.get(image).isEmpty()
                && pool.get(first).network().classes() > 0;
    }

    /** The component that is to answer beside the first; none where its answer could not be seen in the product. */
    private OptionalInt second(int image, int first, float[] own) {
        List<Integer> likely = believed.get(image);
        if (!isWeighed(image, first) || likely.size() < 2) {
            return OptionalInt.empty();
        }
        int next = likely.get(1);
        boolean matters = Answer.matters(
                beliefs.get(image), first, own, next, pool.get(next).network().classes());
        return matters ? OptionalInt.of(next) : OptionalInt.empty();
    }

    /** By image: what the component answers that it is to be asked; nothing where none is. */
    private float[][] answers(IntFunction<OptionalInt> asked) {
        float[][] answers = new float[images.size()][];
        Arrays.fill(answers, NOTHING);
        for (int c = 0; c < pool.size(); c++) {
            OptionalInt component = OptionalInt.of(c);
            List<Integer> chosen = imagesWhere(image -> asked.apply(image).equals(component));
            List<float[]> answered = answers(c, chosen);
            for (int k = 0; k < chosen.size(); k++) {
                answers[chosen.get(k)] = answered.get(k);
            }
        }
        return answers;
    }

    /** What one component answers to some of the images; empty while it knows no label. */
    List<float[]> answers(int component, List<Integer> chosen) {
        Component asked = pool.get(component);
        if (chosen.isEmpty() || asked.network().classes() == 0) {
            return Collections.nCopies(chosen.size(), NOTHING);
        }
        int width = asked.network().knowledgeWidth();
        int from = component * width;
        List<float[]> own = from < knowledge.get(0).length
                ? chosen.stream()
                        .map(i -> Arrays.copyOfRange(knowledge.get(i), from, from + width))
                        .toList()
                : asked.knowledgeOfEach(of(chosen));
        int prior = asked.network().fused() * width;
        return asked.probabilitiesOfEach(
                own,
                chosen.stream().map(i -> Arrays.copyOf(knowledge.get(i), prior)).toList());
    }
}
