package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.Evidence;
import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.Outcome;
import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.WorkReport;
import dev.levitstream.learner.change.ChangeDetector;
import dev.levitstream.learner.linear.FeatureOptions;
import dev.levitstream.learner.linear.FeatureOptions.Kind;
import dev.levitstream.learner.statistics.StatisticsOptions;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.EventKind;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What events tell of the evidence, through batches, slices, snapshots, eviction and other keys' images, against what
 * the same learner tells by ages when it is driven directly.
 */
class NamedEvidenceTest {
    private static final String KEY = "north";
    private static final int BATCH = 4;

    /** What is told of one change. */
    private record Told(
            String what,
            int component,
            Long images,
            Instant began,
            Double probability,
            List<String> before,
            List<String> after,
            OptionalInt nearest) {}

    /** A world, another, and the first again; now and then an image comes twice. */
    private static List<LabelledImage> images(long seed) {
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<LabelledImage> images = new ArrayList<>();
        for (int phase : new int[] {0, 1, 0}) {
            for (LabelledImage image : simulator.phase(phase, 850, 0.3)) {
                for (int times = random.nextInt(9) == 0 ? 3 : 1; times > 0; times--) {
                    images.add(image);
                }
            }
        }
        return images.subList(0, images.size() / BATCH * BATCH);
    }

    private static String id(long age, int observed) {
        return KEY + "-" + (observed - 1 - age);
    }

    private static Told told(
            String what, int component, Optional<Evidence> evidence, OptionalInt nearest, int observed) {
        Evidence known = evidence.orElseThrow();
        return new Told(
                what,
                component,
                known.images(),
                Instant.ofEpochMilli(10 * (observed - known.images())),
                known.probability().orElseThrow(),
                known.typicalBefore().stream().map(age -> id(age, observed)).toList(),
                known.typicalAfter().stream().map(age -> id(age, observed)).toList(),
                nearest);
    }

    private static List<Told> expected(LearnerOptions options, List<LabelledImage> images) {
        List<Told> all = new ArrayList<>();
        try (Learner learner = TinyLearners.open(options, options.seed() * 31 + KEY.hashCode())) {
            for (int i = 0; i < images.size(); i += BATCH) {
                Outcome outcome = Learning.observe(learner, images.subList(i, i + BATCH));
                for (WorkReport report : outcome.reports()) {
                    if (report.expansion().isPresent()) {
                        Expansion e = report.expansion().get();
                        all.add(told(
                                "created",
                                e.componentId(),
                                e.verdict().flatMap(Verdict::evidence),
                                e.nearest(),
                                i + BATCH));
                    }
                    for (LearnerNotice n : report.notices()) {
                        all.add(told(n.kind().name(), 0, n.evidence(), n.component(), i + BATCH));
                    }
                }
            }
        }
        return all;
    }

    private static OptionalInt nearest(@Nullable Integer component) {
        return component == null ? OptionalInt.empty() : OptionalInt.of(component);
    }

    private static void drain(LearnerHarness harness, List<Told> all) {
        for (ComponentCreated e : harness.side(Outputs.COMPONENTS_CREATED)) {
            all.add(new Told(
                    "created",
                    e.getComponentId(),
                    e.getEvidenceImages(),
                    e.getEvidenceBegan(),
                    e.getProbability(),
                    e.getTypicalBefore(),
                    e.getTypicalAfter(),
                    nearest(e.getNearestComponentId())));
        }
        for (StreamEvent e : harness.side(Outputs.EVENTS)) {
            assertThat(e.getKind()).isEqualTo(EventKind.WORLD_RETURNED);
            all.add(new Told(
                    e.getKind().name(),
                    0,
                    e.getImages(),
                    e.getEvidenceBegan(),
                    e.getProbability(),
                    e.getTypicalBefore(),
                    e.getTypicalAfter(),
                    nearest(e.getNearestComponentId())));
        }
    }

    @ParameterizedTest
    @CsvSource({"slda, 1", "slda, 2", "none, 3"})
    void eventsNameTheImagesByWhichAChangeIsSeen(String method, long seed) throws Exception {
        LearnerOptions learner = TinyLearners.with(
                TinyLearners.options(method),
                new StatisticsOptions(new FeatureOptions(Kind.LEARNT, 4, 0), 1e-2, 5, ChangeDetector.FALSE_ALARM));
        List<LabelledImage> images = images(seed);
        SplittableRandom random = new SplittableRandom(seed);
        OperatorOptions options = Records.options(learner, Flush.SIZE, 1);
        List<Told> all = new ArrayList<>();
        LearnerHarness harness = new LearnerHarness(options, 1, 0);
        harness.flink().open();
        try {
            for (int i = 0; i < images.size(); i++) {
                harness.put(Records.keyed(KEY, i, 10L * i, images.get(i)));
                if (random.nextInt(60) == 0) { // another key takes its place in memory
                    harness.put(Records.keyed("east", i, 10L * i, images.get(i)));
                }
                harness.tick(random);
                if (i % 397 == 396) {
                    OperatorSubtaskState state = harness.flink().snapshot(i, i);
                    drain(harness, all);
                    harness.close();
                    harness = new LearnerHarness(options, 1, 0);
                    harness.flink().initializeState(state);
                    harness.flink().open();
                }
            }
            harness.flink().endInput();
            drain(harness, all);
        } finally {
            harness.close();
        }
        List<Told> expected = expected(learner, images);
        assertThat(expected).extracting(Told::what).containsExactly("created", "WORLD_RETURNED");
        assertThat(expected.get(0).before()).hasSize(3);
        assertThat(expected.get(1).nearest()).hasValue(1);
        assertThat(all).isEqualTo(expected);
    }
}
