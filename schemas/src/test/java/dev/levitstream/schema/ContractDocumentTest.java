package dev.levitstream.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;

/** README.md, the wire contract in words and in Python; the job's tests run the Python as a whole. */
class ContractDocumentTest {
    private static final Path DOCUMENT = Path.of("README.md");
    private static final Path SCRIPTS = Path.of("src/main/python");
    private static final List<String> TYPES =
            List.of("ImageRecord", "Prediction", "ComponentCreated", "DeadLetter", "StreamEvent");
    private static final WireFormat<ImageRecord> IMAGES = new WireFormat<>(ImageRecord.getClassSchema());
    private static final ImageRecord IMAGE = new ImageRecord(
            "cam",
            "7",
            Instant.parse("2026-01-01T00:00:00Z"),
            1,
            2,
            1,
            Encoding.RAW,
            ByteBuffer.wrap(new byte[] {0, -1}),
            "cat");

    /** Parses all scripts, then prints the fingerprint of each schema and a message framed anew. */
    private static final String CHECK = """
            import ast, json, pathlib, sys, wire
            for path in pathlib.Path(sys.argv[1]).glob("*.py"):
                ast.parse(path.read_text(), path.name)
            for path in sys.argv[3:]:
                print(wire.fingerprint(json.loads(pathlib.Path(path).read_text())).hex())
            print(wire.frame(*wire.unframe(bytes.fromhex(sys.argv[2]))).hex())
            """;

    /** As it stands in a message, in hexadecimal digits. */
    private static String fingerprint(Schema schema) {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(SchemaNormalization.parsingFingerprint64(schema))
                .array();
        return HexFormat.of().formatHex(bytes);
    }

    private static List<Path> files(Path folder, String end) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> path.toString().endsWith(end)).sorted().toList();
        }
    }

    @Test
    void theDocumentHoldsTheScriptsWordForWord() throws IOException {
        String document = Files.readString(DOCUMENT);
        for (String script : List.of("wire.py", "produce.py", "consume.py")) {
            assertThat(document)
                    .contains("```python\n# " + script + "\n" + Files.readString(SCRIPTS.resolve(script)) + "```\n");
        }
    }

    @Test
    void theDocumentNamesTheFingerprintOfEveryReleasedSchema() throws IOException {
        String document = Files.readString(DOCUMENT);
        for (String type : TYPES) {
            List<Schema> released = ReleasedSchemas.of(type);
            StringBuilder row = new StringBuilder("| `" + type + "` |");
            row.append(" |".repeat(ReleasedSchemas.RELEASES.size() - released.size()));
            for (Schema schema : released) {
                row.append(" `").append(fingerprint(schema)).append("` |");
            }
            assertThat(document).contains(row + "\n");
        }
        assertThat(document)
                .contains("release " + String.join(" | release ", ReleasedSchemas.RELEASES) + ", written now |");
    }

    @Test
    void theDocumentNamesEveryFieldAndEverySymbol() throws IOException {
        String document = Files.readString(DOCUMENT);
        for (String type : TYPES) {
            String section =
                    document.substring(document.indexOf("### `" + type + "`")).split("\n##", 2)[0];
            List<Schema> released = ReleasedSchemas.of(type);
            for (Schema.Field field : released.get(released.size() - 1).getFields()) {
                assertThat(section).contains("`" + field.name() + "`");
                if (field.schema().getType() == Schema.Type.ENUM) {
                    assertThat(field.schema().getEnumSymbols())
                            .allSatisfy(symbol -> assertThat(document).contains("`" + symbol + "`"));
                }
            }
        }
    }

    @Test
    void theMessageShownByteByByteIsTheOneThatIsWritten() throws IOException {
        Matcher block = Pattern.compile("(?s)```\n(c3 01 .*?)```").matcher(Files.readString(DOCUMENT));
        assertThat(block.find()).isTrue();
        StringBuilder shown = new StringBuilder();
        block.group(1).lines().forEach(line -> shown.append(line.split("  ", 2)[0].replace(" ", "")));
        assertThat(shown).hasToString(HexFormat.of().formatHex(IMAGES.frame(IMAGE)));
    }

    private static Process python(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("python3", "-B", "-c", CHECK));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PYTHONPATH", SCRIPTS.toString());
        return builder.start();
    }

    @Test
    void thePythonFramesAsWeDo() throws Exception {
        List<Path> schemas = files(Path.of("src/main"), ".avsc");
        assertThat(schemas).hasSize(TYPES.size() + 24); // written now, and in five releases
        String message = HexFormat.of().formatHex(IMAGES.frame(IMAGE));
        List<String> arguments = new ArrayList<>(List.of(SCRIPTS.toString(), message));
        List<String> expected = new ArrayList<>();
        for (Path schema : schemas) {
            arguments.add(schema.toString());
            expected.add(fingerprint(new Schema.Parser().parse(schema.toFile())));
        }
        expected.add(message);
        Process process;
        try {
            process = python(arguments);
        } catch (IOException e) {
            System.out.println("python3: is missing, only a constant of wire.py was checked");
            assertThat(Files.readString(SCRIPTS.resolve("wire.py")))
                    .contains(String.format("EMPTY = 0x%X ", SchemaNormalization.fingerprint64(new byte[0])));
            return;
        }
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed.lines()).containsExactlyElementsOf(expected);
        System.out.println("python3: framed a message and read " + schemas.size() + " schemas");
    }
}
