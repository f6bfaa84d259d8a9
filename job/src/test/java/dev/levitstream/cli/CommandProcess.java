package dev.levitstream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** {@code bin/levit-stream} as built, in a process of its own with a temporary folder of its own. */
final class CommandProcess implements AutoCloseable {
    private static final Path SCRIPT = Path.of("target/levit-stream/bin/levit-stream");
    private static final long PATIENCE_SECONDS = 180;

    private final Path folder;
    private final Process process;

    private CommandProcess(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /**
     * Starts a command.
     *
     * @param folder for its temporary files, output and log
     * @param environment beside the present one
     */
    static CommandProcess start(Path folder, Map<String, String> environment, String... words) throws IOException {
        List<String> command = new ArrayList<>();
        // a shell's background job, which a build may be, has Ctrl-C switched off
        command.addAll(
                List.of("env", "--default-signal=INT", SCRIPT.toAbsolutePath().toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment()
                .put("TMPDIR", Files.createDirectories(folder.resolve("tmp")).toString());
        builder.environment().put("LEVIT_STREAM_LOG", folder.resolve("log").toString());
        builder.environment().put("LEVIT_STREAM_HEAP", "600m");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        builder.redirectOutput(folder.resolve("out").toFile());
        builder.redirectError(folder.resolve("err").toFile());
        return new CommandProcess(folder, builder.start());
    }

    /** Waits until something is printed. */
    void await(String text) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!printed("out").contains(text) && !printed("err").contains(text)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException("never printed " + text + ": " + printed("out") + printed("err"));
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos()); // between two looks at what another process wrote
        }
    }

    long pid() {
        return process.pid();
    }

    /** Sends a signal, as in {@code TERM}. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Waits for the end; its exit code. */
    int exitCode() throws IOException, InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("did not end: " + printed("out") + printed("err"));
        }
        return process.exitValue();
    }

    /** What it wrote for errors. */
    String errors() throws IOException {
        return printed("err")
                .lines()
                .filter(line -> !line.startsWith("NOTE: Picked up JDK_JAVA_OPTIONS"))
                .toList()
                .stream()
                .reduce((a, b) -> a + "\n" + b)
                .orElse("");
    }

    private String printed(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }

    /** What lies in a folder for temporary files. */
    static List<String> left(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("tmp"))) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
