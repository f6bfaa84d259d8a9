package dev.levitstream.learner.change;

import dev.levitstream.learner.Evidence;
import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.common.StateCodec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * Tells from answers that were given before their labels came whether labels have come to mean other images: errors
 * among the newest {@value #WINDOW} are more than the rate e / n of the {@value #PAST} before them explains, P(X &gt;=
 * errors) &lt; false alarm with X binomial, and have been for {@value #WINDOW} images. A change of images brings
 * errors, too: so there is no test but while somebody watches the images' features, who would tell it within that time
 * and then {@link #restart restarts} this test.
 *
 * <p>A label's first {@value #NEW} images do not count: nobody can know them. Of a change, labels are stale that were
 * answered wrongly more often than before, P(X &gt;= wrong) &lt; {@value #STALE}, if images that came with them were
 * answered otherwise more often, too, P &lt; {@value #DOUBTED}, or if none came and nearly all that were taken for
 * theirs have one and the same other label. That new classes are taken for old ones says nothing of the old ones'
 * labels.
 */
public final class LabelChangeDetector {
    private static final int WINDOW = 150;
    private static final int PAST = 500;
    /** Images of the past from which on there is a test. */
    private static final int LEAST = 200;

    private static final int NEW = 20;
    private static final double STALE = 1e-3;
    /** The same of the images that came with a stale label. */
    private static final double DOUBTED = 0.2;
    /** Share of a label's images that have the same other label, from which on it is called otherwise now. */
    private static final double RENAMED = 0.9;
    /** Fewer errors say nothing. */
    private static final double LEAST_RATE = 0.02;

    private final double falseAlarm;
    private final SortedMap<Integer, Integer> seen = new TreeMap<>();
    private final Deque<Boolean> past = new ArrayDeque<>();
    private final Deque<Answer> newest = new ArrayDeque<>();
    /** Labelled images since there were too many errors (count). */
    private int lasting;
    /** All images since then (count). */
    private int since;

    private Optional<LabelChange> raised = Optional.empty();

    private record Answer(int label, int answered) {
        boolean isWrong() {
            return label != answered;
        }
    }

    /**
     * Labels mean other images than before.
     *
     * @param probability of so many errors at the rate before
     * @param images since there were too many, also those without a label (count)
     * @param stale labels that answered for others' images, ascending
     */
    public record LabelChange(double probability, int images, SortedSet<Integer> stale) {
        /** Other notices, and that of a change of labels if there is one. */
        public static List<LearnerNotice> joined(
                List<LearnerNotice> others, Optional<LabelChange> change, LabelRegistry labels) {
            return Stream.concat(others.stream(), change.map(told -> told.notice(labels.labels())).stream())
                    .toList();
        }

        /** The same as it is seen once another image has been observed. */
        private LabelChange later() {
            return new LabelChange(probability, images + 1, stale);
        }

        private LearnerNotice notice(List<String> labels) {
            String names = stale.stream().map(labels::get).collect(Collectors.joining(", "));
            return new LearnerNotice(
                    LearnerNotice.Kind.LABELS_CHANGED,
                    Optional.of(new Evidence(OptionalDouble.of(probability), images)),
                    OptionalInt.empty(),
                    "labels that mean other images than before, and what was learnt of them forgotten: " + names);
        }
    }

    /** @param falseAlarm probability of an alarm at one test while nothing changes, above 0 */
    public LabelChangeDetector(double falseAlarm) {
        this.falseAlarm = falseAlarm;
    }

    /**
     * Takes in the next image.
     *
     * @param label its class
     * @param answered class that was answered before the label was known; empty where there was no answer, or is no
     *     label
     * @param isWatched whether a change of images would be told now
     */
    public void observe(int label, OptionalInt answered, boolean isWatched) {
        raised = raised.map(LabelChange::later);
        since += lasting > 0 ? 1 : 0;
        if (answered.isPresent()) {
            observe(label, answered.getAsInt(), isWatched);
        }
    }

    private void observe(int label, int answered, boolean isWatched) {
        if (!isWatched) {
            restart();
            return;
        }
        if (seen.merge(label, 1, (before, one) -> Math.min(NEW + 1, before + one)) <= NEW) {
            return;
        }
        newest.add(new Answer(label, answered));
        if (newest.size() > WINDOW) {
            past.add(newest.remove().isWrong());
            if (past.size() > PAST) {
                past.remove();
            }
        }
        double probability = past.size() < LEAST ? 1 : tail(List.copyOf(newest));
        lasting = probability < falseAlarm ? lasting + 1 : 0;
        since = lasting > 1 ? since : lasting;
        if (lasting >= WINDOW) {
            LabelChange change = new LabelChange(probability, since, stale());
            restart();
            raised = change.stale().isEmpty() ? Optional.empty() : Optional.of(change);
        }
    }

    /**
     * The change that was noticed, if one was; it is over with that.
     *
     * @param isNewWorld whether the images have changed: errors say nothing of labels then, and the test begins again
     */
    public Optional<LabelChange> take(boolean isNewWorld) {
        if (isNewWorld) {
            restart();
        }
        Optional<LabelChange> taken = raised;
        raised = Optional.empty();
        return taken;
    }

    /** P(X >= errors) of so many images at the past's rate. */
    private double tail(int images, int errors) {
        long wrong = past.stream().filter(isWrong -> isWrong).count();
        double rate = Math.max(LEAST_RATE, (wrong + 1.0) / (past.size() + 2.0));
        return errors == 0 ? 1 : BinomialDistribution.of(images, rate).survivalProbability(errors - 1);
    }

    private SortedSet<Integer> stale() {
        return newest.stream()
                .map(Answer::answered)
                .filter(this::isStale)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean isStale(int label) {
        List<Answer> given =
                newest.stream().filter(answer -> answer.answered() == label).toList();
        List<Answer> own =
                newest.stream().filter(answer -> answer.label() == label).toList();
        return tail(given) < STALE && (own.isEmpty() ? isRenamed(given) : tail(own) < DOUBTED);
    }

    private double tail(List<Answer> answers) {
        return tail(
                answers.size(), (int) answers.stream().filter(Answer::isWrong).count());
    }

    /** Whether nearly all images that were given one label have another one now, and the same. */
    private static boolean isRenamed(List<Answer> given) {
        long most =
                given.stream().collect(Collectors.groupingBy(Answer::label, Collectors.counting())).values().stream()
                        .mapToLong(count -> count)
                        .max()
                        .orElse(0);
        return most >= RENAMED * given.size();
    }

    /** Begins again, as when the images have changed. */
    public void restart() {
        past.clear();
        newest.clear();
        lasting = 0;
        since = 0;
        raised = Optional.empty();
    }

    public void write(DataOutputStream out) throws IOException {
        out.writeInt(seen.size());
        for (var label : seen.entrySet()) {
            out.writeInt(label.getKey());
            out.writeInt(label.getValue());
        }
        out.writeInt(past.size());
        for (boolean isWrong : past) {
            out.writeBoolean(isWrong);
        }
        out.writeInt(newest.size());
        for (Answer answer : newest) {
            out.writeInt(answer.label());
            out.writeInt(answer.answered());
        }
        out.writeInt(lasting);
        out.writeBoolean(raised.isPresent());
        if (raised.isPresent()) {
            out.writeDouble(raised.get().probability());
            out.writeInt(raised.get().images());
            out.writeInt(raised.get().stale().size());
            for (int label : raised.get().stale()) {
                out.writeInt(label);
            }
        }
        out.writeInt(since);
    }

    /** Becomes what {@link #write} wrote. */
    public void read(StateCodec.Input in) throws IOException {
        int labels = in.readInt();
        for (int i = 0; i < labels; i++) {
            seen.put(in.readInt(), in.readInt());
        }
        int before = in.readInt();
        for (int i = 0; i < before; i++) {
            past.add(in.readBoolean());
        }
        int answers = in.readInt();
        for (int i = 0; i < answers; i++) {
            newest.add(new Answer(in.readInt(), in.readInt()));
        }
        lasting = in.readInt();
        raised = in.readBoolean() ? Optional.of(readChange(in)) : Optional.empty();
        since = in.knowsEvidence() ? in.readInt() : lasting;
    }

    private static LabelChange readChange(DataInputStream in) throws IOException {
        double probability = in.readDouble();
        int images = in.readInt();
        SortedSet<Integer> stale = new TreeSet<>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            stale.add(in.readInt());
        }
        return new LabelChange(probability, images, stale);
    }
}
