package dev.levitstream.learner.linear;

import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.common.PrequentialChoice;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.nn.model.LinearHead;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Which of several heads of the same sums, and at which temperature, says best what comes next: heads that differ in
 * how much they are regularised, each with scores multiplied by a temperature t. What each would have answered is
 * judged by the log loss of labelled images before they are learnt ({@link PrequentialChoice}). A choice counts from
 * the next solution on.
 */
public final class HeadChoice {
    private static final double[] STRENGTHS = {0.03, 0.01, 0.1, 0.3};
    private static final double[] TEMPERATURES = {1, 0.5, 0.25, 0.125};
    private static final double SMALLEST = 1e-6;
    /** How much there is to regularise changes slowly. */
    private static final double FADING = 0.999;

    private final List<LinearHead> heads;
    /** By head, then by temperature. */
    private final PrequentialChoice pairs;
    /** What is judged; nothing before the first time that all heads are solved. */
    private Rivals rivals = Rivals.NONE;
    /** The pair of the latest solution. */
    private int current;

    /**
     * All heads, solved from the same sums.
     *
     * @param labels of the groups
     * @param solutions one of each head
     */
    private record Rivals(int[] labels, List<LinearHead.Solution> solutions) {
        private static final Rivals NONE = new Rivals(new int[0], List.of());

        private boolean know(int label) {
            return IntStream.of(labels).anyMatch(known -> known == label);
        }

        private double[] scores(int head, float[] features) {
            LinearHead.Solution solution = solutions.get(head);
            return IntStream.range(0, labels.length)
                    .mapToDouble(group -> solution.score(group, features))
                    .toArray();
        }
    }

    /** @param heads at least one; the first is taken until there is evidence */
    HeadChoice(List<LinearHead> heads) {
        this.heads = List.copyOf(heads);
        this.pairs = new PrequentialChoice(
                FADING,
                IntStream.range(0, heads.size() * TEMPERATURES.length)
                        .asDoubleStream()
                        .toArray());
    }

    /**
     * What there is to choose from.
     *
     * @param strength how much the only head is regularised, in its own units; 0 to choose
     * @param head makes a head of a strength
     */
    static List<LinearHead> heads(double strength, DoubleFunction<LinearHead> head) {
        return (strength > 0 ? DoubleStream.of(strength) : DoubleStream.of(STRENGTHS))
                .mapToObj(head)
                .toList();
    }

    /** The head of the latest solution. */
    LinearHead head() {
        return heads.get(current / TEMPERATURES.length);
    }

    /** What its scores are multiplied with. */
    double temperature() {
        return TEMPERATURES[current % TEMPERATURES.length];
    }

    /** Scores of one image become probabilities, in place. */
    void probabilities(double[] scores) {
        for (int g = 0; g < scores.length; g++) {
            scores[g] *= temperature();
        }
        head().probabilities(scores);
    }

    /**
     * Takes what served best so far, and solves for it.
     *
     * @param labels of the groups
     * @param compared whether all heads are solved, so that they can be judged
     */
    LinearHead.Solution solve(LinearHead.Sums sums, int[] labels, boolean compared) {
        current = pairs.bestIndex();
        if (!compared) {
            return head().solve(sums);
        }
        rivals = new Rivals(labels, heads.stream().map(each -> each.solve(sums)).toList());
        return rivals.solutions.get(current / TEMPERATURES.length);
    }

    /** Takes note of an image that is about to be learnt. */
    void judge(float[] features, int label) {
        if (!rivals.know(label)) {
            return;
        }
        double[] losses = new double[pairs.values().length];
        for (int h = 0; h < heads.size(); h++) {
            double[] scores = rivals.scores(h, features);
            for (int t = 0; t < TEMPERATURES.length; t++) {
                losses[h * TEMPERATURES.length + t] = loss(heads.get(h), scores, TEMPERATURES[t], label);
            }
        }
        pairs.add(losses);
    }

    /** -ln p(label | f), with the scores multiplied by a temperature. */
    private double loss(LinearHead head, double[] scores, double temperature, int label) {
        double[] shares =
                DoubleStream.of(scores).map(score -> score * temperature).toArray();
        head.probabilities(shares);
        double own = 0;
        double labelled = 0;
        for (int g = 0; g < shares.length; g++) {
            own += rivals.labels[g] == label ? shares[g] : 0;
            labelled += rivals.labels[g] == LabelRegistry.UNLABELLED ? 0 : shares[g];
        }
        return -StrictMath.log(Math.max(SMALLEST, own / labelled));
    }

    /** The latest images were of a new world. */
    void changed() {
        pairs.changed();
    }

    /** Features or groups are others from now on. */
    void restart() {
        pairs.changed();
        rivals = Rivals.NONE;
    }

    public void write(DataOutputStream out) throws IOException {
        out.writeInt(heads.size());
        pairs.write(out);
        out.writeInt(current);
        out.writeInt(rivals.labels.length);
        for (int label : rivals.labels) {
            out.writeInt(label);
        }
        for (LinearHead.Solution solution : rivals.solutions) {
            StateCodec.writeFloats(out, solution.biases());
            for (float[] weight : solution.weights()) {
                StateCodec.writeFloats(out, weight);
            }
        }
    }

    /** Becomes what {@link #write} wrote; a choice among others begins without a past. */
    public void read(DataInputStream in) throws IOException {
        if (in.readInt() != heads.size()) {
            return;
        }
        pairs.read(in);
        current = in.readInt();
        int[] labels = new int[in.readInt()];
        for (int g = 0; g < labels.length; g++) {
            labels[g] = in.readInt();
        }
        List<LinearHead.Solution> solutions = new ArrayList<>();
        for (int h = 0; labels.length > 0 && h < heads.size(); h++) {
            float[] biases = StateCodec.readFloats(in);
            List<float[]> weights = new ArrayList<>();
            for (int g = 0; g < labels.length; g++) {
                weights.add(StateCodec.readFloats(in));
            }
            solutions.add(new LinearHead.Solution(weights, biases));
        }
        rivals = new Rivals(labels, solutions);
    }
}
