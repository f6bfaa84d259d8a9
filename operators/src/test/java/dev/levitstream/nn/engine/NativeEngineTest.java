package dev.levitstream.nn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An engine that cannot be started says in one line what is wrong, on machines that are not like this one. */
class NativeEngineTest {
    private static final List<String> CLASS_PATH =
            Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));

    /** Main class of the other process: starts the engine and prints how that went. */
    static final class Start {
        private Start() {}

        public static void main(String[] args) {
            try {
                NativeEngine.newManager("cpu").close();
                System.out.println("started");
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    /** What is printed, less what the logging library says about itself. */
    private static String start(List<String> classPath, String... properties) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-cp", String.join(File.pathSeparator, classPath)));
        command.addAll(List.of(properties));
        command.add(Start.class.getName());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.contains("StatusLogger"))
                .collect(Collectors.joining("\n"));
    }

    @ParameterizedTest
    @CsvSource({"-Dos.arch=aarch64, Linux aarch64", "-Dos.name=SunOS, SunOS amd64"})
    void anotherProcessorOrSystemIsNamed(String property, String machine) throws IOException {
        assertThat(start(CLASS_PATH, property))
                .isEqualTo("the deep-learning engine has no native libraries for " + machine
                        + " on the class path: use Linux on x86_64, or put the pytorch-native-cpu jar for this machine"
                        + " beside the other djl jars");
    }

    @Test
    void missingNativesAreNamed() throws IOException {
        assertThat(start(without("pytorch-native")))
                .startsWith("the deep-learning engine has no native libraries for Linux amd64 on the class path: ");
    }

    @Test
    void jarsThatDoNotBelongTogetherAreNamed(@TempDir Path dir) throws IOException {
        assertThat(start(without("pytorch-jni"), "-DDJL_CACHE_DIR=" + dir))
                .isEqualTo("the djl jars on the class path do not belong together: take all of them from one"
                        + " LEViT-Stream distribution");
    }

    @Test
    void aCacheFolderThatCannotBeMadeIsNamed(@TempDir Path dir) throws IOException {
        Path below = Files.createFile(dir.resolve("file")).resolve("below");
        assertThat(start(CLASS_PATH, "-DDJL_CACHE_DIR=" + below))
                .isEqualTo("folder " + below + " cannot take the deep-learning engine's native libraries (Not a"
                        + " directory): set DJL_CACHE_DIR to a folder that can be written, with 500 MB left");
    }

    @Test
    void damagedLibrariesAreNamed(@TempDir Path dir) throws IOException {
        Path libraries = Files.createDirectories(dir.resolve("pytorch/2.7.1-20250812-cpu-linux-x86_64"));
        Files.writeString(libraries.resolve("libtorch.so"), "cut off");
        assertThat(start(CLASS_PATH, "-DDJL_CACHE_DIR=" + dir))
                .startsWith("the deep-learning engine's native libraries in " + dir
                        + " cannot be loaded on this machine, Linux amd64 (")
                .endsWith("): if they are damaged delete that folder, if they may not run there set DJL_CACHE_DIR to"
                        + " another")
                .hasLineCount(1);
    }

    /** A home or temporary folder that serves nobody is no obstacle where the cache folder is given. */
    @Test
    void neitherHomeNorTemporaryFolderIsNeeded(@TempDir Path dir) throws IOException {
        Path below = Files.createFile(dir.resolve("file")).resolve("below");
        assertThat(start(
                        CLASS_PATH,
                        "-Duser.home=" + below,
                        "-Djava.io.tmpdir=" + below,
                        "-DDJL_CACHE_DIR=" + dir.resolve("cache")))
                .isEqualTo("started");
    }

    private static List<String> without(String jar) {
        return CLASS_PATH.stream().filter(path -> !path.contains(jar)).toList();
    }
}
