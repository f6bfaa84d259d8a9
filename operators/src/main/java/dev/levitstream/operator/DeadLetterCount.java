package dev.levitstream.operator;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Counts a subtask's dead letters: all, and those of which the same part is wrong. */
final class DeadLetterCount {
    private final MetricGroup group;
    private final Counter all;
    private final Map<String, Counter> byPart = new HashMap<>();

    DeadLetterCount(MetricGroup group) {
        this.group = group;
        this.all = group.counter("dead-letters.count");
    }

    /** @param part one of a few names, for each makes a series of its own */
    void add(String part) {
        all.inc();
        byPart.computeIfAbsent(part, name -> group.addGroup("part", name).counter("dead-letters.by-part.count"))
                .inc();
    }
}
