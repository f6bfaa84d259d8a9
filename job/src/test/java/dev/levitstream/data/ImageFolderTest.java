package dev.levitstream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.picture.PictureSize;
import dev.levitstream.schema.Encoding;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Folders as people have them. */
class ImageFolderTest {
    private static final byte[] PNG = picture("png", BufferedImage.TYPE_INT_RGB);
    private static final byte[] JPEG = picture("jpeg", BufferedImage.TYPE_BYTE_GRAY);

    @TempDir
    private Path root;

    private Path dir;
    private final Skipped skipped = new Skipped();

    @BeforeEach
    void folder() throws IOException {
        dir = Files.createDirectory(root.resolve("pictures"));
    }

    private static byte[] picture(String format, int type) {
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            ImageIO.write(new BufferedImage(5, 4, type), format, out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void put(String name, byte[] content) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private List<String> listed() throws IOException {
        return ImageFolder.list(dir, skipped).stream()
                .map(sample -> ((PictureFile) sample.content()).name() + " "
                        + sample.label().orElse("-"))
                .toList();
    }

    private String reasons() {
        return skipped.line().orElse("").replace(dir + "/", "");
    }

    @Test
    void theFirstFolderIsTheLabelHoweverDeepAPictureLies() throws IOException {
        put("dog/2026/11/b.JPG", JPEG);
        put("dog/a.png", PNG);
        put("cat/a.jpeg", JPEG);
        put("flat.jfif", JPEG);
        put("x.jpg/in a folder of that name.png", PNG);
        assertThat(listed())
                .containsExactly(
                        "cat/a.jpeg cat",
                        "dog/2026/11/b.JPG dog",
                        "dog/a.png dog",
                        "flat.jfif -",
                        "x.jpg/in a folder of that name.png x.jpg");
        assertThat(skipped.line()).isEmpty();
        assertThat(ImageFolder.labelled(dir, skipped)).hasSize(4);
        assertThat(reasons()).isEqualTo("skipped 1 file: flat.jfif lies in no sub-folder, which would be its label");
    }

    @Test
    void whatIsNoPictureIsCountedAndTheFirstAreNamed() throws IOException {
        put("a/1.png", PNG);
        put("a/2.png", new byte[0]);
        put("a/._1.png", PNG);
        put("a/.git/1.png", PNG);
        put("a/Thumbs.db", PNG);
        Files.createSymbolicLink(dir.resolve("a/broken.png"), dir.resolve("nothing"));
        assertThat(listed()).containsExactly("a/1.png a");
        assertThat(skipped.count()).isEqualTo(5);
        assertThat(reasons())
                .startsWith("skipped 5 files: ")
                .contains("a/2.png is empty")
                .contains("a/._1.png is hidden")
                .contains("a/.git is hidden")
                .contains("a/Thumbs.db is no picture by its name")
                .contains("a/broken.png is a link to nothing");
        skipped.add("a sixth");
        assertThat(reasons()).endsWith("; and 1 more");
    }

    @Test
    @Timeout(20)
    void linksAreFollowedButNotInCircles() throws IOException {
        put("a/1.png", PNG);
        Path other = Files.createDirectory(root.resolve("other"));
        Files.write(other.resolve("2.png"), PNG);
        Files.createSymbolicLink(dir.resolve("b"), other);
        Files.createSymbolicLink(dir.resolve("a/up"), dir);
        Files.createSymbolicLink(other.resolve("to-a"), dir.resolve("a"));
        assertThat(listed()).contains("a/1.png a", "b/2.png b");
        assertThat(reasons()).contains("a/up is a link to a folder that it lies in");
    }

    @Test
    @Timeout(20)
    void aPipeThatLooksLikeAPictureIsNotWaitedFor() throws IOException, InterruptedException {
        put("a/1.png", PNG);
        new ProcessBuilder("mkfifo", dir.resolve("a/2.png").toString()).start().waitFor();
        assertThat(listed()).containsExactly("a/1.png a");
        assertThat(reasons()).isEqualTo("skipped 1 file: a/2.png is no regular file");
    }

    @Test
    void aPictureIsWhatItsBytesSayAndIsReadWhenItIsAskedFor() throws IOException {
        put("a/1.png", JPEG);
        put("a/2.png", Arrays.copyOf(PNG, 40));
        put("a/3.png", "no picture".getBytes(StandardCharsets.UTF_8));
        put("a/4.png", PNG);
        put("a/5.png", PNG);
        List<Sample> samples = ImageFolder.list(dir, skipped);
        assertThat(samples).hasSize(5);
        Files.delete(dir.resolve("a/4.png"));
        Files.write(dir.resolve("a/5.png"), new byte[0]);
        Image image = samples.get(0).content().read();
        assertThat(image.encoding()).isEqualTo(Encoding.JPEG);
        assertThat(image.size()).isEqualTo(new PictureSize(4, 5, 1));
        assertThat(image.bytes()).isEqualTo(JPEG);
        List<String> reasons = List.of("is no readable picture: ", "is no readable picture: ", "is gone", "is empty");
        for (int i = 0; i < reasons.size(); i++) {
            Sample sample = samples.get(i + 1);
            String file = dir.resolve("a/" + (i + 2) + ".png").toString();
            assertThatThrownBy(() -> sample.content().read())
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(file + " " + reasons.get(i));
        }
    }

    @Test
    void aFileTooLargeForAMessageIsNotRead() throws IOException {
        put("a/1.png", new byte[(16 << 20) + 1]);
        Sample sample = ImageFolder.list(dir, skipped).get(0);
        assertThatThrownBy(() -> sample.content().read())
                .hasMessage(dir.resolve("a/1.png") + " has 16777217 bytes, must have at most 16777216");
    }

    @Test
    void aFolderWithoutPicturesSaysWhatItHas() throws IOException {
        put("a/notes.txt", PNG);
        assertThatThrownBy(() -> ImageFolder.list(dir, skipped))
                .hasMessage("folder=" + dir + " must have a picture in it: skipped 1 file: "
                        + dir.resolve("a/notes.txt") + " is no picture by its name");
        put("1.png", PNG);
        assertThatThrownBy(() -> ImageFolder.labelled(dir, skipped))
                .hasMessage("folder=" + dir + " must have one sub-folder per label with pictures in it");
        assertThatThrownBy(() -> ImageFolder.list(dir.resolve("1.png"), skipped))
                .hasMessage("folder=" + dir.resolve("1.png") + " must be a folder");
        assertThatThrownBy(() -> ImageFolder.list(dir.resolve("none"), skipped))
                .hasMessage("folder=" + dir.resolve("none") + " must be a folder");
    }
}
