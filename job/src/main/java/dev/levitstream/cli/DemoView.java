package dev.levitstream.cli;

import dev.levitstream.data.Phase;
import dev.levitstream.embedded.StreamPublisher;
import dev.levitstream.schema.ComponentCreated;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.specific.SpecificRecordBase;
import picocli.CommandLine.Help.Ansi;

/** The demo's lines in the terminal. */
final class DemoView {
    private static final long TICK_NANOS = 2_000_000_000L;
    private static final int BAR = 24;
    private static final int THRESHOLD_AT = 16;

    /**
     * A phase that has begun.
     *
     * @param name what it shows
     * @param from number of its first image
     */
    private record Begun(String name, long from) {}

    private final PrintWriter out;
    private final List<Begun> phases = new CopyOnWriteArrayList<>();
    private final List<Long> expansions = new ArrayList<>();
    private final long start = System.nanoTime();
    private long lastTick = start;
    private double highest;
    private boolean headed;

    DemoView(PrintWriter out) {
        this.out = out;
    }

    /** A phase begins; told by the thread that publishes. */
    void begins(Phase phase, long from) {
        phases.add(new Begun(phase.name(), from));
    }

    /** Numbers of the images that a phase after the first began with. */
    private List<Long> changes() {
        return phases.stream().skip(1).map(Begun::from).toList();
    }

    /** A row every two seconds. */
    void tick(DemoScore score) {
        if (System.nanoTime() - lastTick < TICK_NANOS) {
            return;
        }
        lastTick = System.nanoTime();
        if (score.streamAnswers() == 0) {
            return;
        }
        if (!headed) {
            headed = true;
            line(String.format(
                    "@|bold %6s %8s  %-24s %9s  %-" + BAR + "s %s|@",
                    "time",
                    "images",
                    "phase",
                    "accuracy",
                    "novelty",
                    "components"));
        }
        if (score.testAnswers() > 0) {
            line(String.format(
                    "%5ds %8d  %-24s %7.1f %%",
                    seconds(), score.testAnswers(), "test, unlabelled", 100 * score.testAccuracy()));
            return;
        }
        double[] novelty = score.recentNovelty();
        line(String.format(
                "%5ds %8d  %-24s %7.1f %%  %s %d",
                seconds(),
                score.streamAnswers(),
                phase(score.streamAnswers() - 1),
                100 * score.recentAccuracy(),
                bar(novelty[0], novelty[1]),
                score.expansions().size() + 1));
    }

    void created(ComponentCreated created, long image) {
        expansions.add(image);
        long change =
                changes().stream().filter(at -> at <= image).reduce((a, b) -> b).orElse(-1L);
        String after =
                change < 0 ? "before any change" : (image - change + 1) + " images after the change at " + change;
        line(String.format(
                "@|bold,green * component %d created|@ at image %d, %s: %s",
                created.getComponentId(), image + 1, after, why(created)));
    }

    /** What made a component be created. */
    static String why(ComponentCreated created) {
        Double distance = created.getDistance();
        return distance == null
                ? "first fill of the memory"
                : String.format("measured %.1f, above %.1f", distance, created.getThreshold());
    }

    /** A dead letter or an event. */
    void besides(SpecificRecordBase record) {
        line(WatchCommand.readable(record));
    }

    void summary(DemoScore score, StreamPublisher publisher) {
        int missed = 0;
        int matched = 0;
        List<Long> changes = changes();
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            long from = changes.get(i);
            long to = i + 1 < changes.size() ? changes.get(i + 1) : Long.MAX_VALUE;
            List<Long> after =
                    expansions.stream().filter(at -> at >= from && at < to).toList();
            if (after.isEmpty()) {
                missed++;
            } else {
                matched++;
                delays.add(after.get(0) - from + 1);
            }
        }
        out.println();
        line(String.format("@|bold after the stream|@ (%d s)", seconds()));
        line(String.format(
                "  images published           %d, of them %d for the test",
                publisher.published(), score.testAnswers()));
        line(String.format("  without / with two answers %d / %d", score.lost(), score.doubled()));
        if (score.deadLetters() > 0) {
            line(String.format("  became dead letters        %d", score.deadLetters()));
        }
        line(
                score.testAnswers() == 0
                        ? "  accuracy, test images      none was left for the test"
                        : String.format(
                                "  accuracy, test images      %.2f %% per image, unlabelled, each routed alone",
                                100 * score.testAccuracy()));
        line(
                score.streamAnswers() == 0
                        ? "  accuracy, whole stream     none was answered"
                        : String.format(
                                "  accuracy, whole stream     %.2f %% test-then-train", 100 * score.streamAccuracy()));
        line(String.format("  components                 %d", score.expansions().size() + 1));
        line(String.format(
                "  expansions                 %d at %d changes: %d missed, %d false, images until noticed %s",
                expansions.size(), changes.size(), missed, expansions.size() - matched, delays));
    }

    private String phase(long image) {
        return phases.stream()
                .filter(phase -> phase.from() <= image)
                .reduce((a, b) -> b)
                .map(Begun::name)
                .orElse("");
    }

    /** Novelty as a bar in which the threshold has a fixed place, or, where there is none, the highest the end. */
    private String bar(double novelty, double threshold) {
        if (novelty == 0) {
            return Ansi.AUTO.string("@|faint " + pad("not measured") + "|@");
        }
        highest = Math.max(highest, novelty);
        if (Double.isNaN(threshold)) {
            return Ansi.AUTO.string("@|cyan " + pad("#".repeat((int) Math.round(novelty / highest * BAR))) + "|@");
        }
        int length = (int) Math.max(0, Math.min(BAR, Math.round(novelty / threshold * THRESHOLD_AT)));
        StringBuilder bar = new StringBuilder(pad("#".repeat(length)));
        bar.setCharAt(THRESHOLD_AT, '|');
        return Ansi.AUTO.string((length > THRESHOLD_AT ? "@|yellow " : "@|cyan ") + bar + "|@");
    }

    private static String pad(String text) {
        return (text + " ".repeat(BAR))
                .substring(0, Math.max(BAR, text.length()))
                .substring(0, BAR);
    }

    private long seconds() {
        return (System.nanoTime() - start) / 1_000_000_000L;
    }

    private void line(String text) {
        out.println(Ansi.AUTO.string(text));
        out.flush();
    }
}
