package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.OptionReader;
import dev.levitstream.operator.EmbedOperatorFactory;
import dev.levitstream.operator.FrameReader;
import dev.levitstream.operator.InputFormat;
import dev.levitstream.operator.KeyedRecord;
import dev.levitstream.operator.LearnerOperatorFactory;
import dev.levitstream.operator.Outputs;
import dev.levitstream.operator.ReceivedRecord;
import dev.levitstream.operator.SourceRecord;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.WireFormat;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A job goes on from its state with each option changed in turn: it is refused with one line, or it answers. */
@TestInstance(Lifecycle.PER_CLASS)
class RestoredOptionsTest {
    private static final WireFormat<ImageRecord> FORMAT = new WireFormat<>(ImageRecord.getClassSchema());
    private static final int BEFORE = 220;
    private static final int AFTER = 40;

    /** A small learner that expands every 100 images. */
    private static final Map<String, String> BASE = Map.ofEntries(
            Map.entry("image", "8x8x1"),
            Map.entry("device", "cpu"),
            Map.entry("batch.size", "4"),
            Map.entry("levit.vit.patch", "4"),
            Map.entry("levit.vit.embedding-width", "6"),
            Map.entry("levit.vit.heads", "3"),
            Map.entry("levit.vit.hidden", "8"),
            Map.entry("levit.vae.latent-width", "4"),
            Map.entry("levit.vae.hidden", "12,12"),
            Map.entry("levit.routing.features", "random"),
            Map.entry("levit.routing.filters", "2"),
            Map.entry("levit.training.batch", "16"),
            Map.entry("levit.budget.updates", "1"),
            Map.entry("levit.budget.period", "2"),
            Map.entry("levit.memory.capacity", "128"),
            Map.entry("levit.expansion.samples", "16"),
            Map.entry("levit.expansion.max-images", "100"),
            // by default it is made of group and topics, which may change only where it is given
            Map.entry("kafka.transaction-prefix", "ours"));

    /** Where the catalogue's other value does not suit a learner of that size. */
    private static final Map<String, String> OTHER = Map.of(
            "image", "16x16x1",
            "levit.vit.patch", "2",
            "levit.routing.features", "learnt",
            "levit.memory.capacity", "64",
            "parallelism.max", "64");

    /** Event time of the first image (epoch milliseconds). */
    private static final long START = 1_700_000_000_000L;

    private OperatorSubtaskState state = OperatorSubtaskState.builder().build();

    @BeforeAll
    void runBefore() throws Exception {
        try (Harness harness = new Harness(BASE)) {
            harness.open();
            harness.put(0, BEFORE);
            state = harness.snapshot(1, 1);
        }
    }

    /** All operators, each image through the one into the other. */
    private static final class Harness extends KeyedOneInputStreamOperatorTestHarness<String, KeyedRecord, Prediction> {
        private final OneInputStreamOperatorTestHarness<ReceivedRecord, KeyedRecord> reader;
        private final Optional<OneInputStreamOperatorTestHarness<KeyedRecord, KeyedRecord>> embedder;

        Harness(Map<String, String> given) throws Exception {
            this(OptionCatalogue.read(given));
        }

        private Harness(JobOptions options) throws Exception {
            super(
                    new LearnerOperatorFactory(options.operator(), options.structure()),
                    KeyedRecord::streamKey,
                    BasicTypeInfo.STRING_TYPE_INFO,
                    16,
                    1,
                    0);
            setup(new AvroTypeInfo<>(Prediction.class).createSerializer(new SerializerConfigImpl()));
            reader = ProcessFunctionTestHarnesses.forProcessFunction(
                    new FrameReader(InputFormat.AVRO, options.operator()));
            embedder = EmbedOperatorFactory.isNeeded(options.operator())
                    ? Optional.of(new OneInputStreamOperatorTestHarness<>(new EmbedOperatorFactory(options.operator())))
                    : Optional.empty();
            if (embedder.isPresent()) {
                embedder.get().open();
            }
        }

        void put(int from, int to) throws Exception {
            for (int i = from; i < to; i++) {
                byte[] pixels = new byte[64];
                new SplittableRandom(i).nextBytes(pixels);
                byte[] value = FORMAT.frame(new ImageRecord(
                        "key",
                        "image " + i,
                        Instant.ofEpochMilli(START + i),
                        8,
                        8,
                        1,
                        Encoding.RAW,
                        ByteBuffer.wrap(pixels),
                        "label " + i % 2));
                SourceRecord source = new SourceRecord("images", 0, i, START + i, value);
                reader.processElement(ReceivedRecord.of(source), i);
                for (KeyedRecord keyed : embedded(reader.extractOutputValues())) {
                    processElement(new StreamRecord<>(keyed, i));
                }
                reader.getOutput().clear();
            }
            assertThat(reader.getSideOutput(Outputs.DEAD_LETTERS)).isNullOrEmpty();
        }

        private List<KeyedRecord> embedded(List<KeyedRecord> images) throws Exception {
            if (embedder.isEmpty()) {
                return images;
            }
            for (KeyedRecord image : images) {
                embedder.get().processElement(new StreamRecord<>(image));
            }
            List<KeyedRecord> embedded = embedder.get().extractOutputValues();
            embedder.get().getOutput().clear();
            return embedded;
        }

        @Override
        public void close() throws Exception {
            reader.close();
            if (embedder.isPresent()) {
                embedder.get().close();
            }
            super.close();
        }
    }

    private static Map<String, String> changed(String key) {
        Map<String, String> given = new HashMap<>(BASE);
        given.put(key, OTHER.getOrDefault(key, String.valueOf(OptionCatalogueTest.OTHER.get(key))));
        if (key.equals("levit.vae.channels")) {
            given.put("levit.vae.hidden", "12");
        }
        return given;
    }

    static Stream<String> structural() {
        return OptionCatalogue.all("levit-dkf").stream()
                .filter(OptionReader.Option::structural)
                .map(OptionReader.Option::key)
                .filter(key -> !key.startsWith(OptionCatalogue.BACKBONE)); // these need a file
    }

    static Stream<String> free() {
        return OptionCatalogue.all("levit-dkf").stream()
                .filter(option -> !option.structural())
                .map(OptionReader.Option::key)
                .filter(key -> !key.startsWith(OptionCatalogue.BACKBONE)) // these need a file
                .filter(key -> !key.equals("levit.preset")); // it counts by what it makes of other options
    }

    @ParameterizedTest
    @MethodSource("structural")
    void anotherStructureIsRefusedWithOneLineBeforeAnyImage(String key) throws Exception {
        Map<String, String> given = changed(key);
        String before = OptionCatalogue.read(BASE).structure().get(key);
        try (Harness harness = new Harness(given)) {
            assertThatThrownBy(() -> harness.initializeState(state))
                    .isInstanceOf(SuppressRestartsException.class)
                    .cause()
                    .hasMessageContaining(key + "=" + given.get(key) + " must be " + before)
                    .hasMessageEndingWith(
                            ": the restored state was written with that; give it again, or start without the state")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void everyDifferenceIsNamedAlsoWhereTheNumberOfParametersIsTheSame() throws Exception {
        Map<String, String> given = new HashMap<>(BASE);
        given.put("levit.vae.hidden", "4,68");
        try (Harness harness = new Harness(given)) {
            assertThatThrownBy(() -> harness.initializeState(state))
                    .cause()
                    .hasMessageStartingWith("levit.vae.hidden=4,68 must be 12,12: ");
        }
        given.put("kafka.images", "others");
        try (Harness harness = new Harness(given)) {
            assertThatThrownBy(() -> harness.initializeState(state))
                    .cause()
                    .hasMessageStartingWith(
                            "kafka.images=others must be images, levit.vae.hidden=4,68 must be 12,12: ");
        }
    }

    @Test
    void anotherPresetIsRefusedForWhatItMakesOfStructuralOptions() throws Exception {
        try (Harness harness = new Harness(changed("levit.preset"))) {
            assertThatThrownBy(() -> harness.initializeState(state))
                    .cause()
                    .hasMessageStartingWith("levit.routing.score=elbo must be reconstruction: ");
        }
    }

    @Test
    void anotherBackboneOrAnotherUseOfItIsRefusedWithOneLine(@TempDir Path dir) throws Exception {
        Map<String, String> given = new HashMap<>(Map.of("learner", "ncm", "image", "8x8x1", "device", "cpu"));
        given.put("backbone", TinyVit.write(dir.resolve("one.safetensors"), 1).toString());
        String before = OptionCatalogue.read(given).structure().get("backbone");
        OperatorSubtaskState written;
        try (Harness harness = new Harness(given)) {
            harness.open();
            harness.put(0, AFTER);
            assertThat(harness.extractOutputValues()).hasSize(AFTER);
            written = harness.snapshot(1, 1);
        }
        String other = TinyVit.write(dir.resolve("other.safetensors"), 2).toString();
        String after =
                OptionCatalogue.read(with(given, "backbone", other)).structure().get("backbone");
        assertRefused(written, with(given, "backbone", other), "backbone=" + after + " must be " + before + ": ");
        assertRefused(written, with(given, "backbone.size", "8"), "backbone.size=8 must be 0: ");
        assertRefused(written, with(given, "backbone.heads", "2"), "backbone.heads=2 must be 0: ");
        assertRefused(written, with(given, "backbone.mean", "0.5"), "backbone.mean=0.5 must be none: ");
        assertRefused(written, with(given, "backbone.std", "0.5"), "backbone.std=0.5 must be none: ");
        Path moved = Files.move(Path.of(given.get("backbone")), dir.resolve("moved.safetensors"));
        try (Harness harness = new Harness(with(given, "backbone", moved.toString()))) {
            harness.initializeState(written);
            harness.open();
            harness.put(AFTER, 2 * AFTER);
            assertThat(harness.extractOutputValues()).hasSize(AFTER);
        }
    }

    private static Map<String, String> with(Map<String, String> given, String key, String value) {
        Map<String, String> changed = new HashMap<>(given);
        changed.put(key, value);
        return changed;
    }

    private static void assertRefused(OperatorSubtaskState written, Map<String, String> given, String message)
            throws Exception {
        try (Harness harness = new Harness(given)) {
            assertThatThrownBy(() -> harness.initializeState(written))
                    .isInstanceOf(SuppressRestartsException.class)
                    .cause()
                    .hasMessageStartingWith(message)
                    .hasMessageNotContaining("\n");
        }
    }

    @ParameterizedTest
    @MethodSource("free")
    void anyOtherOptionMayChangeAndTheJobGoesOnAnswering(String key) throws Exception {
        try (Harness harness = new Harness(changed(key))) {
            harness.initializeState(state);
            harness.open();
            harness.put(BEFORE, BEFORE + AFTER);
            harness.endInput();
            assertThat(harness.getSideOutput(Outputs.DEAD_LETTERS)).isNullOrEmpty();
            assertThat(harness.extractOutputValues())
                    .hasSize(AFTER)
                    .allSatisfy(prediction -> assertThat(prediction.getScores()).hasSize(2));
        }
    }
}
