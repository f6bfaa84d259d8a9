package dev.levitstream.bench.speed;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.Median;
import org.apache.flink.util.IOUtils;

/**
 * Images per second of contestants that take turns of some seconds, so that they meet the same conditions: whole runs
 * one after the other say more about a machine's other work than about them. With each turn comes a new component, so
 * what costs more with more components shows in the later ones.
 */
final class Contest {
    /** Turns of a round (count); the first does not count, for everything starts in it. */
    private static final int TURNS = 10;
    /** The same of the round before the others, in which code becomes fast. */
    private static final int WARM_UP = 5;

    private final int images;
    private final Consumer<String> lines;
    private final Map<String, Opener> openers = new LinkedHashMap<>();
    /** By turn of all rounds, then by contestant. */
    private final List<Map<String, Double>> rates = new ArrayList<>();

    /** How a contestant is made, for each round anew. */
    interface Opener {
        /**
         * Starts it.
         *
         * @param round its name, different for each
         */
        Contestant open(String round) throws Exception;
    }

    /**
     * @param images of a key in a turn (count)
     * @param lines takes the report, line by line
     */
    Contest(int images, Consumer<String> lines) {
        this.images = images;
        this.lines = lines;
    }

    /** Lets a contestant take part; they take turns in the order of these calls. */
    void add(String name, Opener opener) {
        openers.put(name, opener);
    }

    /** Holds the contest and prints its table. */
    void run(int rounds) throws Exception {
        line("Images/s in turns of %d images of each key, %d turns a round, the first not counted:", images, TURNS);
        line("");
        line("| round | components | %s |", String.join(" | ", openers.keySet()));
        line("|---|---|%s", "---|".repeat(openers.size()));
        round("warm-up", WARM_UP);
        for (int round = 1; round <= rounds; round++) {
            rates.addAll(round("round-" + round, TURNS));
        }
        line("");
    }

    private List<Map<String, Double>> round(String name, int turns) throws Exception {
        List<Map<String, Double>> found = new ArrayList<>();
        Map<String, Contestant> all = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, Opener> one : openers.entrySet()) {
                all.put(one.getKey(), one.getValue().open(name));
            }
            for (int turn = 1; turn <= turns; turn++) {
                Map<String, Double> each = new LinkedHashMap<>();
                for (Map.Entry<String, Contestant> one : all.entrySet()) {
                    each.put(one.getKey(), one.getValue().round(images));
                }
                found.add(each);
                String cells = each.values().stream()
                        .map(rate -> String.format(Locale.ROOT, "%.0f", rate))
                        .collect(Collectors.joining(" | "));
                line("| %s | %d | %s |", name, turn, cells);
            }
        } finally {
            IOUtils.closeAll(all.values());
        }
        return found;
    }

    /**
     * Prints how many times the images per second of another one has, the median over turns.
     *
     * @param format has %s for it
     */
    void compare(String format, String of, String to) {
        int half = TURNS / 2;
        line(
                format,
                String.format(
                        Locale.ROOT,
                        "%.2f (2 to %d components: %.2f, %d to %d: %.2f)",
                        ratio(of, to, turn -> turn > 0),
                        half,
                        ratio(of, to, turn -> turn > 0 && turn < half),
                        half + 1,
                        TURNS,
                        ratio(of, to, turn -> turn >= half)));
    }

    /** @param which turns of a round count, from 0 */
    private double ratio(String of, String to, IntPredicate which) {
        return Median.withDefaults()
                .evaluate(IntStream.range(0, rates.size())
                        .filter(turn -> which.test(turn % TURNS))
                        .mapToObj(rates::get)
                        .mapToDouble(turn -> turn.getOrDefault(of, Double.NaN) / turn.getOrDefault(to, Double.NaN))
                        .toArray());
    }

    private void line(String format, Object... values) {
        lines.accept(String.format(Locale.ROOT, format, values));
    }
}
