package dev.levitstream.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;

/** The schemas as they were released: copies in the folder {@code released/}, never to be changed. */
final class ReleasedSchemas {
    /** Names of its folders; a release that changes a schema adds one, with a copy of each. */
    static final List<String> RELEASES = List.of("v1", "v2", "v3", "v4", "v5");

    private ReleasedSchemas() {}

    /**
     * Every released schema of a record type, the oldest first.
     *
     * @param type name of the record without its namespace
     */
    static List<Schema> of(String type) {
        String file = type.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT) + ".avsc";
        List<Schema> schemas = new ArrayList<>();
        for (String release : RELEASES) {
            try (InputStream in = ReleasedSchemas.class.getResourceAsStream("released/" + release + "/" + file)) {
                if (in != null) { // a type that came later
                    schemas.add(new Schema.Parser().parse(in));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("released/" + release + "/" + file + " cannot be read", e);
            }
        }
        return schemas;
    }
}
