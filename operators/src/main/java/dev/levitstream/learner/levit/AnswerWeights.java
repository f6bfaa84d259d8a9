package dev.levitstream.learner.levit;

import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.common.PrequentialChoice;
import dev.levitstream.learner.linear.GroupScores;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How much router and components count in an {@link AnswerProduct}: scores of the router are multiplied by one
 * temperature t, and each component has an exponent T. Both are chosen by the log loss of labelled images before they
 * are learnt; T stays as it is when its component is frozen. A component has no say, T = 0, until it has earned one.
 */
final class AnswerWeights {
    private static final double SMALLEST = 1e-6;
    /** A component changes while it learns. */
    private static final double FADING = 0.995;
    /** In place of T, of a component that answers for another's world, too. */
    private static final double MERGED = -1;

    private final PrequentialChoice temperature = new PrequentialChoice(FADING, 1, 0.5, 0.25, 0.125);
    private final List<Double> frozen = new ArrayList<>();
    private PrequentialChoice active = exponents();

    private static PrequentialChoice exponents() {
        return new PrequentialChoice(FADING, 0, 0.5, 1, 2);
    }

    /** t. */
    double temperature() {
        return temperature.best();
    }

    /** T of a component. */
    double exponent(int component) {
        return component < frozen.size() ? Math.max(0, frozen.get(component)) : active.best();
    }

    /**
     * Whether a component answers for another's world, too, of which it has seen no image: so the router does alone.
     */
    boolean isMerged(int component) {
        return component < frozen.size() && frozen.get(component) == MERGED;
    }

    /**
     * Takes note of an image that is about to be learnt; one without a label says nothing.
     *
     * @param result what was answered
     * @param label its class
     */
    void observed(RoutingResult result, int label) {
        GroupScores scores = result.scores();
        if (label != LabelRegistry.UNLABELLED && scores.hasLabel(label)) {
            double[] losses = temperature.values().clone();
            for (int i = 0; i < losses.length; i++) {
                losses[i] = Math.min(
                        -StrictMath.log(SMALLEST), -scores.times(losses[i]).logProbability(label));
            }
            temperature.add(losses);
        }
        boolean isJudged = label != LabelRegistry.UNLABELLED
                && result.first() == frozen.size()
                && label < result.own().length
                && scores.of(result.first(), label + 1)[label] > Double.NEGATIVE_INFINITY;
        if (isJudged) {
            GroupScores tempered = scores.times(temperature());
            double[] losses = active.values().clone();
            for (int i = 0; i < losses.length; i++) {
                losses[i] = loss(tempered, result, losses[i], label);
            }
            active.add(losses);
        }
    }

    /** Of the first component's part of the product. */
    private static double loss(GroupScores scores, RoutingResult result, double exponent, int label) {
        AnswerProduct answer =
                AnswerProduct.product(scores, List.of(result.first()), List.of(result.own()), component -> exponent);
        return -StrictMath.log(Math.max(SMALLEST, answer.probabilities()[label]));
    }

    /** The active component is frozen, and a new one begins. */
    void expanded() {
        active.changed();
        temperature.changed();
        frozen.add(active.best());
        active = exponents();
    }

    /** A frozen component goes, and another answers for its world, too: it has no say any more. */
    void merged(int kept, int gone) {
        frozen.set(kept, MERGED);
        frozen.remove(gone);
    }

    void write(DataOutputStream out) throws IOException {
        temperature.write(out);
        active.write(out);
        out.writeInt(frozen.size());
        for (double exponent : frozen) {
            out.writeDouble(exponent);
        }
    }

    void read(DataInputStream in) throws IOException {
        temperature.read(in);
        active.read(in);
        frozen.clear();
        int count = in.readInt();
        for (int c = 0; c < count; c++) {
            frozen.add(in.readDouble());
        }
    }

    /** Of components that were frozen before there were weights: all had their full say. */
    void assume(int components) {
        for (int c = 1; c < components; c++) {
            frozen.add(1.0);
        }
    }
}
