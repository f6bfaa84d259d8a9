package dev.levitstream.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
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
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
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
        assertThat(ReleasedSchemas.of("StreamEvent")).hasSize(4); // came with v2
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

    private static StreamEvent merged() {
        return StreamEvent.newBuilder()
                .setKind(EventKind.WORLDS_MERGED)
                .setStreamKey("k")
                .setEventTime(Instant.ofEpochMilli(5))
                .setReason("why")
                .setEvidenceBegan(Instant.ofEpochMilli(4))
                .setTypicalAfter(List.of("i"))
                .build();
    }

    private static GenericRecord read(byte[] message, Schema writer, Schema reader) throws IOException {
        BinaryDecoder body = DecoderFactory.get().binaryDecoder(message, 10, message.length - 10, null);
        return new GenericDatumReader<GenericRecord>(writer, reader).read(null, body);
    }

    /** A kind of event that came later is UNKNOWN to a program that does not have it, and fields are left out. */
    @Test
    void eventsAreReadByProgramsOfEveryReleaseBefore() throws IOException {
        byte[] message = new WireFormat<StreamEvent>(StreamEvent.getClassSchema()).frame(merged());
        List<Schema> released = ReleasedSchemas.of("StreamEvent");
        for (Schema reader : released.subList(0, 2)) { // what the event says came with v4
            GenericRecord event = read(message, StreamEvent.getClassSchema(), reader);
            assertThat(event.get("kind")).hasToString("UNKNOWN");
            assertThat(event.get("reason")).hasToString("why");
            assertThat(event.hasField("typicalAfter")).isFalse();
        }
    }

    @Test
    void componentsAreReadByProgramsOfEveryReleaseBefore() throws IOException {
        ComponentCreated created = ComponentCreated.newBuilder()
                .setStreamKey("k")
                .setComponentId(2)
                .setStep(7)
                .setEventTime(Instant.ofEpochMilli(5))
                .setDistance(3.5)
                .setComponentCount(2)
                .setImagesSeen(9)
                .setEvidenceImages(80L)
                .setEvidenceBegan(Instant.ofEpochMilli(4))
                .setTypicalBefore(List.of("i", "j"))
                .setNearestComponentId(1)
                .build();
        WireFormat<ComponentCreated> format = new WireFormat<>(ComponentCreated.getClassSchema());
        byte[] message = format.frame(created);
        assertThat(format.unframe("t", message)).isEqualTo(created);
        Schema first = ReleasedSchemas.of("ComponentCreated").get(0);
        GenericRecord event = read(message, ComponentCreated.getClassSchema(), first);
        assertThat(event.get("distance")).isEqualTo(3.5);
        assertThat(event.get("imagesSeen")).isEqualTo(9L);
    }

    @Test
    void eventsOfTheReleasesBeforeAreReadWithoutWhatTheyDidNotSay() throws IOException {
        Map<String, Object> created = new HashMap<>(Map.of("streamKey", "k", "componentId", 2, "step", 7L));
        created.putAll(Map.of("eventTime", 5L, "distance", 3.5, "threshold", 2.5, "componentCount", 2));
        created.put("imagesSeen", 9L);
        byte[] component = written(ReleasedSchemas.of("ComponentCreated").get(0), created);
        assertThat(new WireFormat<ComponentCreated>(ComponentCreated.getClassSchema()).unframe("t", component))
                .isEqualTo(new ComponentCreated(
                        "k",
                        2,
                        7L,
                        Instant.ofEpochMilli(5),
                        3.5,
                        2.5,
                        2,
                        9L,
                        null,
                        null,
                        null,
                        List.of(),
                        List.of(),
                        null));
        Schema third = ReleasedSchemas.of("StreamEvent").get(1);
        GenericData.EnumSymbol kind =
                new GenericData.EnumSymbol(third.getField("kind").schema(), "WORLD_RETURNED");
        byte[] event = written(
                third, Map.of("kind", kind, "eventTime", 5L, "reason", "why", "probability", 0.25, "images", 80L));
        assertThat(new WireFormat<StreamEvent>(StreamEvent.getClassSchema()).unframe("t", event))
                .isEqualTo(StreamEvent.newBuilder()
                        .setKind(EventKind.WORLD_RETURNED)
                        .setEventTime(Instant.ofEpochMilli(5))
                        .setReason("why")
                        .setProbability(0.25)
                        .setImages(80L)
                        .build());
    }

    private static ImageRecord picture() {
        return ImageRecord.newBuilder()
                .setStreamKey("k")
                .setImageId("i")
                .setEventTime(Instant.ofEpochMilli(5))
                .setEncoding(Encoding.PICTURE)
                .setBytes(ByteBuffer.wrap(new byte[] {1, 2}))
                .build();
    }

    /** A picture need not say its size, and its encoding is UNKNOWN to a program of the releases before. */
    @Test
    void picturesAreReadByProgramsOfEveryReleaseBefore() throws IOException {
        WireFormat<ImageRecord> format = new WireFormat<>(ImageRecord.getClassSchema());
        byte[] message = format.frame(picture());
        assertThat(format.unframe("t", message)).isEqualTo(picture());
        assertThat(picture().getHeight() + picture().getWidth() + picture().getChannels())
                .isZero();
        List<Schema> released = ReleasedSchemas.of("ImageRecord");
        for (Schema reader : released.subList(0, released.size() - 1)) {
            GenericRecord image = read(message, ImageRecord.getClassSchema(), reader);
            assertThat(image.get("encoding")).hasToString("UNKNOWN");
            assertThat(image.get("height")).isEqualTo(0);
            assertThat(image.get("bytes")).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
        }
    }

    @Test
    void imagesOfTheReleasesBeforeAreRead() throws IOException {
        Schema fourth = ReleasedSchemas.of("ImageRecord").get(3);
        GenericData.EnumSymbol jpeg =
                new GenericData.EnumSymbol(fourth.getField("encoding").schema(), "JPEG");
        Map<String, Object> image = new HashMap<>(Map.of("streamKey", "k", "imageId", "i", "eventTime", 5L));
        image.putAll(Map.of("height", 2, "width", 3, "channels", 1, "encoding", jpeg));
        image.put("bytes", ByteBuffer.wrap(new byte[] {1}));
        assertThat(new WireFormat<ImageRecord>(ImageRecord.getClassSchema()).unframe("t", written(fourth, image)))
                .isEqualTo(new ImageRecord(
                        "k",
                        "i",
                        Instant.ofEpochMilli(5),
                        2,
                        3,
                        1,
                        Encoding.JPEG,
                        ByteBuffer.wrap(new byte[] {1}),
                        null));
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
