package dev.levitstream.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A Java program in a process of its own; what it prints goes to a file. */
final class JavaProcess implements AutoCloseable {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final long END_SECONDS = 240;
    private static final List<String> OPENS = List.of(
            "java.lang",
            "java.net",
            "java.io",
            "java.nio",
            "sun.nio.ch",
            "java.lang.reflect",
            "java.text",
            "java.time",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "java.util.concurrent.locks");

    private final Process process;
    private final Path log;

    private JavaProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a program.
     *
     * @param classPath folders and jars; a folder of jars ends with a star
     * @param environment variables beside the present ones
     * @param log where both outputs go, appended
     * @param words options of the virtual machine, main class, arguments
     */
    static JavaProcess start(List<String> classPath, Map<String, String> environment, Path log, List<String> words)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(JAVA.toString());
        OPENS.forEach(name -> command.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
        command.add("-cp");
        command.add(String.join(File.pathSeparator, classPath));
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return new JavaProcess(builder.start(), log);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    Path log() {
        return log;
    }

    /** Waits for the end and returns what was printed; fails if that says failure. */
    String output() throws IOException, InterruptedException {
        requireEnd();
        return Files.readString(log);
    }

    /** Waits for the end; fails if that says failure. */
    void requireEnd() throws IOException, InterruptedException {
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("no end after " + END_SECONDS + " seconds: " + end());
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException("exit value " + process.exitValue() + ": " + end());
        }
    }

    /** The end of what was printed. */
    private String end() throws IOException {
        String printed = Files.readString(log);
        return printed.substring(Math.max(0, printed.length() - 4000));
    }

    /** SIGKILL: nothing is flushed, nothing said goodbye to. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** SIGSTOP, and SIGCONT after a while. */
    void pause(Duration pause) throws IOException, InterruptedException {
        signal("-STOP");
        try {
            LockSupport.parkNanos(pause.toNanos()); // the fault is the time that passes
        } finally {
            signal("-CONT");
        }
    }

    private void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
