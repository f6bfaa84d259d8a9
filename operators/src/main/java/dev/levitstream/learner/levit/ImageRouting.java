package dev.levitstream.learner.levit;

import dev.levitstream.learner.common.Component;
import dev.levitstream.learner.common.FrozenView;
import dev.levitstream.learner.linear.GroupScores;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Routes some images, each by itself: what is done for one depends on that image alone, and components compute images
 * by themselves, so not even rounding depends on its batch mates.
 *
 * <p>Not every component computes every image, so that an image costs the same however many there are: the VAEs of the
 * likeliest component and of the active one score it ({@link RoutingOptions.Scorers}), the likeliest component answers,
 * and the second likeliest only where that could change the answer. Those that others fuse compute all images, but they
 * are few ({@link FusionOptions}).
 */
final class ImageRouting {
    private static final float[] NOTHING = new float[0];

    private final ComponentPool pool;
    private final LevitOptions options;
    private final List<byte[]> images;
    /** By image: what the router looks at, and its scores; empty where VAEs route. */
    private final List<float[]> features;

    private final List<GroupScores> scores;
    /** Scores at the router's temperature. */
    private final List<GroupScores> posteriors;
    /** By image: components, the likeliest first. */
    private final List<List<Integer>> ranked;
    /** By image: knowledge of the components that others fuse, one after the other. */
    private final List<float[]> knowledge;

    ImageRouting(ComponentPool pool, LevitOptions options, List<byte[]> images) {
        this.pool = pool;
        this.options = options;
        this.images = images;
        features = images.stream()
                .map(pixels -> pool.discriminant()
                        .map(router -> router.features(pixels))
                        .orElse(NOTHING))
                .toList();
        scores = features.stream()
                .map(seen -> pool.discriminant()
                        .map(router -> router.scores(seen))
                        .orElseGet(() -> new GroupScores(List.of())))
                .toList();
        posteriors = scores.stream()
                .map(untempered -> untempered.times(pool.weights().temperature()))
                .toList();
        ranked = scores.stream().map(GroupScores::components).toList();
        knowledge = pool.fusedKnowledge(images);
    }

    List<RoutingResult> results() {
        float[][] errors = unknown();
        float[][] losses = unknown();
        fill(errors, losses);
        int[] first = IntStream.range(0, images.size())
                .map(i -> ranked.get(i).isEmpty()
                        ? VaeRouter.best(losses[i])
                        : ranked.get(i).get(0))
                .toArray();
        float[][] own = answers(image -> OptionalInt.of(first[image]));
        OptionalInt[] second = IntStream.range(0, images.size())
                .mapToObj(i -> second(i, first[i]))
                .toArray(OptionalInt[]::new);
        float[][] other = answers(image -> second[image]);
        return IntStream.range(0, images.size())
                .mapToObj(i -> {
                    AnswerProduct answer = answer(i, first[i], own[i], second[i], other[i]);
                    FrozenView view = new FrozenView(knowledge.get(i), pool.kept(errors[i]));
                    return new RoutingResult(
                            losses[i],
                            answer.component(),
                            features.get(i),
                            scores.get(i),
                            first[i],
                            own[i],
                            answer.probabilities(),
                            view);
                })
                .toList();
    }

    /** By image, then by component: reconstruction errors and VAE losses where a component scores an image. */
    private void fill(float[][] errors, float[][] losses) {
        for (int c = 0; c < pool.size(); c++) {
            int component = c;
            List<Integer> scored = imagesWhere(image -> scored(component, image));
            if (!scored.isEmpty()) {
                Component.Densities densities = pool.get(component).densitiesOfEach(of(scored));
                for (int k = 0; k < scored.size(); k++) {
                    errors[scored.get(k)][component] = densities.reconstruction()[k];
                    losses[scored.get(k)][component] = pool.loss(densities, k);
                }
            }
        }
    }

    private AnswerProduct answer(int image, int first, float[] own, OptionalInt second, float[] other) {
        if (!isWeighed(image, first)) {
            return new AnswerProduct(first, own);
        }
        GroupScores posterior = posteriors.get(image);
        return second.isPresent()
                ? AnswerProduct.product(
                        posterior, List.of(first, second.getAsInt()), List.of(own, other), pool.weights()::exponent)
                : AnswerProduct.product(posterior, List.of(first), List.of(own), pool.weights()::exponent);
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

    private boolean scored(int component, int image) {
        List<Integer> likely = ranked.get(image);
        return likely.isEmpty() || pool.isScoredByAll() || component == pool.size() - 1 || component == likely.get(0);
    }

    private boolean isProduct() {
        return options.routing().router() == RoutingOptions.Method.PRODUCT;
    }

    /** Whether the answer is the product of what the router believes and what components answer. */
    private boolean isWeighed(int image, int first) {
        return (isProduct() || pool.weights().isMerged(first))
                && !ranked.get(image).isEmpty()
                && classes(first) > 0;
    }

    /**
     * Classes that a component may answer (count): one that answers for another's world, too, knows more than its own.
     */
    private int classes(int component) {
        return Math.max(pool.get(component).network().classes(), scores.get(0).classes(component));
    }

    /** The component that is to answer beside the first; none where its answer could not be seen in the product. */
    private OptionalInt second(int image, int first) {
        List<Integer> likely = ranked.get(image);
        if (!isProduct() || !isWeighed(image, first) || likely.size() < 2) {
            return OptionalInt.empty();
        }
        int next = likely.get(1);
        boolean matters = AnswerProduct.matters(posteriors.get(image), first, next);
        return matters ? OptionalInt.of(next) : OptionalInt.empty();
    }

    /** By image: what the component answers that it is to be asked; nothing where none is. */
    private float[][] answers(IntFunction<OptionalInt> asked) {
        float[][] answers = new float[images.size()][];
        Arrays.fill(answers, NOTHING);
        for (int c = 0; c < pool.size(); c++) {
            OptionalInt component = OptionalInt.of(c);
            List<Integer> chosen = imagesWhere(image -> asked.apply(image).equals(component));
            List<float[]> answered = isSilent(c) ? silent(c, chosen.size()) : answers(c, chosen);
            for (int k = 0; k < chosen.size(); k++) {
                answers[chosen.get(k)] = answered.get(k);
            }
        }
        return answers;
    }

    /** Whether what a component would answer plays no part; that of the active one is judged all the same. */
    private boolean isSilent(int component) {
        boolean isFrozen = component < pool.size() - 1;
        return isFrozen
                && (isProduct()
                        ? pool.weights().exponent(component) == 0
                        : pool.weights().isMerged(component));
    }

    private List<float[]> silent(int component, int count) {
        return Collections.nCopies(count, new float[classes(component)]);
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
