package dev.levitstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents refer to exists, and the first one stays short. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..");
    private static final int MOST_WORDS = 1300;
    private static final int MOST_LINES = 160;
    /** A file or folder of the repository; what is built is not there yet. */
    private static final Pattern PATH =
            Pattern.compile("[`(]((?:\\.ci|deploy|docker|job|operators|schemas)/(?!target/)[\\w./-]+)[`)]");

    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:Test|IT))`");

    private static List<String> found(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static Set<String> testClasses() throws IOException {
        Set<String> names = new HashSet<>();
        for (String module : List.of("schemas", "operators", "job")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                files.forEach(file -> names.add(file.getFileName().toString().replaceFirst("\\.java$", "")));
            }
        }
        return names;
    }

    @Test
    void theFirstDocumentIsReadInTenMinutes() throws IOException {
        String text = Files.readString(ROOT.resolve("README.md"));
        assertThat(text.strip().split("\\s+", -1)).hasSizeLessThanOrEqualTo(MOST_WORDS);
        assertThat(text.lines().count()).isLessThanOrEqualTo(MOST_LINES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"README.md", "schemas/README.md", "operators/README.md", "job/README.md", "deploy/README.md"})
    void whatADocumentRefersToExists(String document) throws IOException {
        String text = Files.readString(ROOT.resolve(document));
        assertThat(found(PATH, text))
                .isNotEmpty()
                .allSatisfy(path -> assertThat(ROOT.resolve(path)).exists());
        assertThat(testClasses()).containsAll(found(TEST, text));
    }
}
