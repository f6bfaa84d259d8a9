package dev.levitstream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelFileTest {
    private static final Path FOLDER = Path.of("/pictures");

    @TempDir
    private Path dir;

    private final List<String> told = new ArrayList<>();

    private List<String> labels(String text) throws IOException {
        Path file = Files.writeString(dir.resolve("labels.csv"), text);
        List<Sample> pictures = Stream.of("a.png", "deep/er/b.png", "c, d.png")
                .map(name -> new Sample(Optional.of("folder"), new PictureFile(FOLDER, FOLDER.resolve(name))))
                .toList();
        return LabelFile.label(file, pictures, told::add).stream()
                .map(sample -> sample.label().orElse("-"))
                .toList();
    }

    @Test
    void picturesGetTheirLabelsAndOthersHaveNone() throws IOException {
        assertThat(labels("\uFEFFpath,label\r\n\"c, d.png\",\"1, 2\"\r\n\r\n./deep/er/b.png, cat\r\n"))
                .containsExactly("-", "cat", "1, 2");
        assertThat(told)
                .containsExactly(
                        "1 of 3 pictures are not in " + dir.resolve("labels.csv") + ": published without label");
    }

    @Test
    void linesThatNameNoPictureAreCounted() throws IOException {
        assertThat(labels("a.png,x\nz.png,x\ny.png,x\ndeep/er/b.png,x\n\"c, d.png\",x\n"))
                .containsExactly("x", "x", "x");
        assertThat(told)
                .containsExactly("2 lines of " + dir.resolve("labels.csv")
                        + " name no picture of the folder, the first is line 2: z.png");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.png,x~b.png|line 2: must have a path and a label, has 1 values",
                "a.png,x,y|line 1: must have a path and a label, has 3 values",
                "a.png,|line 1: label= must have 1 to 256 characters",
                "a.png,x~~./a.png,y|line 3: path=./a.png must not be named again, was in line 1",
                "a.png,x~\"b.png,y|line 1: must be CSV",
                "/else/a.png,x|must name pictures by their paths in the folder, as in a.png; it names none",
            })
    void aWrongLineIsNamedWithItsRule(String text, String message) {
        assertThatThrownBy(() -> labels(text.replace('~', '\n')))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("labels=" + dir.resolve("labels.csv") + " ")
                .hasMessageContaining(message);
    }

    @Test
    void anotherEncodingIsRefused() throws IOException {
        Path file = Files.write(dir.resolve("labels.csv"), new byte[] {'a', ',', (byte) 0xE4, '\n'});
        assertThatThrownBy(() -> LabelFile.label(file, List.of(), told::add))
                .hasMessage("labels=" + file + " must be UTF-8");
    }
}
