package dev.levitstream.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every schema ever released must be readable with today's, and today's with it. */
class ReleasedSchemasTest {
    private static final List<Schema> TODAY = List.of(
            ImageRecord.getClassSchema(),
            Prediction.getClassSchema(),
            ComponentCreated.getClassSchema(),
            DeadLetter.getClassSchema(),
            StreamEvent.getClassSchema());

    static Stream<Arguments> releases() {
        return TODAY.stream()
                .flatMap(today ->
                        ReleasedSchemas.of(today.getName()).stream().map(released -> Arguments.of(today, released)));
    }

    @ParameterizedTest
    @MethodSource("releases")
    void releasedAndPresentSchemasReadEachOther(Schema today, Schema released) {
        assertThat(type(released, today)).as("old reader").isEqualTo(SchemaCompatibilityType.COMPATIBLE);
        assertThat(type(today, released)).as("new reader").isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }

    @Test
    void everyReleaseHasEveryTypeOfItsTime() {
        assertThat(TODAY)
                .filteredOn(today -> ReleasedSchemas.of(today.getName()).size() == ReleasedSchemas.RELEASES.size())
                .extracting(Schema::getName)
                .containsExactlyInAnyOrder("ImageRecord", "Prediction", "ComponentCreated", "DeadLetter");
        assertThat(ReleasedSchemas.of("StreamEvent")).hasSize(2); // came with v2
    }

    /** What decides to which key a record belongs is read without the rest of it. */
    @Test
    void theFirstFieldOfAnImageIsItsStreamKeyInEveryRelease() {
        assertThat(ReleasedSchemas.of("ImageRecord"))
                .extracting(schema -> schema.getFields().get(0).name()
                        + schema.getFields().get(0).schema())
                .containsOnly("streamKey\"string\"");
    }

    @Test
    void theNewestReleaseHoldsWhatIsWritten() {
        assertThat(TODAY).allSatisfy(today -> {
            List<Schema> released = ReleasedSchemas.of(today.getName());
            assertThat(SchemaNormalization.toParsingForm(today))
                    .as("a schema that changes needs a copy in a new folder of released/")
                    .isEqualTo(SchemaNormalization.toParsingForm(released.get(released.size() - 1)));
        });
    }

    /** A message as a program with the first release's schemas writes it. */
    private static byte[] written(Schema schema, Map<String, Object> values) throws IOException {
        GenericData.Record record = new GenericData.Record(schema);
        values.forEach(record::put);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema).encode(record, bytes);
        return bytes.toByteArray();
    }

    @Test
    void messagesOfTheFirstReleaseAreRead() throws IOException {
        Schema prediction = ReleasedSchemas.of("Prediction").get(0);
        GenericData.Record score =
                new GenericData.Record(prediction.getField("scores").schema().getElementType());
        score.put("label", "a");
        score.put("score", 1f);
        Map<String, Object> answer = new HashMap<>(
                Map.of("streamKey", "k", "imageId", "i", "eventTime", 5L, "scores", List.of(score), "componentId", 1));
        answer.putAll(Map.of("novelty", 2f, "learnerStep", 3L, "predictedLabel", "a"));
        assertThat(new WireFormat<Prediction>(Prediction.getClassSchema()).unframe("t", written(prediction, answer)))
                .isEqualTo(new Prediction(
                        "k",
                        "i",
                        Instant.ofEpochMilli(5),
                        "a",
                        List.of(new ClassScore("a", 1f)),
                        1,
                        2f,
                        null,
                        3L,
                        0f,
                        0));
        byte[] letter = written(
                ReleasedSchemas.of("DeadLetter").get(0),
                Map.of("topic", "t", "partition", 1, "offset", 2L, "timestamp", 3L, "reason", "why"));
        assertThat(new WireFormat<DeadLetter>(DeadLetter.getClassSchema()).unframe("t", letter))
                .isEqualTo(new DeadLetter("t", 1, 2L, Instant.ofEpochMilli(3), "why", null, null, null));
    }

    @Test
    void everyFieldIsDocumented() {
        TODAY.forEach(schema -> assertThat(schema.getFields())
                .allSatisfy(field -> assertThat(field.doc())
                        .as(schema.getName() + "." + field.name())
                        .isNotBlank()));
    }

    private static SchemaCompatibilityType type(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getType();
    }
}
