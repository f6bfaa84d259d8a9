package dev.levitstream.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;

/**
 * Every schema ever released must be readable with today's, and today's with it: copies lie in {@code released/}, never
 * to be changed.
 */
class ReleasedSchemasTest {
    private static final Map<String, Schema> TODAY = Map.of(
            "image-record.avsc", ImageRecord.getClassSchema(),
            "prediction.avsc", Prediction.getClassSchema(),
            "component-created.avsc", ComponentCreated.getClassSchema(),
            "dead-letter.avsc", DeadLetter.getClassSchema(),
            "stream-event.avsc", StreamEvent.getClassSchema());

    @Test
    void releasedAndPresentSchemasReadEachOther() throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(Path.of("src/test/resources/released"))) {
            files = found.filter(Files::isRegularFile).toList();
        }
        assertThat(files).hasSizeGreaterThanOrEqualTo(4);
        for (Path file : files) {
            Schema released = new Schema.Parser().parse(Files.readString(file));
            Schema present = Objects.requireNonNull(TODAY.get(String.valueOf(file.getFileName())), file.toString());
            assertThat(type(released, present))
                    .as("old reader of " + file)
                    .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
            assertThat(type(present, released))
                    .as("new reader of " + file)
                    .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
        }
    }

    @Test
    void everyFieldIsDocumented() {
        TODAY.values()
                .forEach(schema -> assertThat(schema.getFields())
                        .allSatisfy(field -> assertThat(field.doc())
                                .as(schema.getName() + "." + field.name())
                                .isNotBlank()));
    }

    private static SchemaCompatibilityType type(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getType();
    }
}
