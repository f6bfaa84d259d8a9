package dev.levitstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessFolderTest {
    @Test
    void whatLiesInItGoesWithIt(@TempDir Path dir) throws Exception {
        Path folder = dir.resolve("levit-stream-1");
        try (ProcessFolder made = ProcessFolder.make(folder)) {
            Files.writeString(Files.createDirectories(folder.resolve("a/b")).resolve("file"), "x");
            assertThat(made).isNotNull();
        }
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void aFolderThatIsGoneAlreadyIsClosed(@TempDir Path dir) throws Exception {
        Path folder = dir.resolve("levit-stream-1");
        ProcessFolder made = ProcessFolder.make(folder);
        Files.delete(folder.resolve("lock")); // as Java does at exit, while the command is still ending
        Files.delete(folder);
        made.close();
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void aFolderOfADeadProcessGoesWithTheNext(@TempDir Path dir) throws Exception {
        Path dead = Files.createDirectory(dir.resolve("levit-stream-1"));
        Files.createFile(dead.resolve("lock"));
        Files.writeString(dead.resolve("left"), "x");
        try (ProcessFolder next = ProcessFolder.make(dir.resolve("levit-stream-2"))) {
            assertThat(next).isNotNull();
            assertThat(dead).doesNotExist();
            assertThat(dir.resolve("levit-stream-2")).exists();
        }
    }
}
