package dev.levitstream.bench.speed;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.stream.Stream;

/** One of this project's Python scripts in a process with one thread, and a folder for what the two exchange. */
final class PythonProcess implements AutoCloseable {
    private static final String RESOURCES = "/bench/";

    private final Path folder;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter questions;

    /**
     * @param python command that has PyTorch
     * @param setup goes to {@code setup.json}
     * @param arrays single-precision values by file, little endian
     * @param scripts the one to run, with the folder as its argument, then those that it imports
     */
    PythonProcess(String python, Map<String, Object> setup, Map<String, float[]> arrays, String... scripts)
            throws IOException {
        folder = Files.createTempDirectory("bench-speed");
        Files.write(folder.resolve("setup.json"), new ObjectMapper().writeValueAsBytes(setup));
        for (Map.Entry<String, float[]> array : arrays.entrySet()) {
            float[] values = array.getValue();
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            Files.write(folder.resolve(array.getKey()), bytes.array());
        }
        for (String script : scripts) {
            try (InputStream text = PythonProcess.class.getResourceAsStream(RESOURCES + script)) {
                Files.copy(text, folder.resolve(script), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        ProcessBuilder builder =
                new ProcessBuilder(python, "-B", folder.resolve(scripts[0]).toString(), folder.toString());
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.environment().put("OPENBLAS_NUM_THREADS", "1");
        builder.redirectError(folder.resolve("python.log").toFile());
        process = builder.start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        questions = process.outputWriter(StandardCharsets.UTF_8);
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop-python")); // Ctrl-C leaves blocks unclosed
    }

    Path folder() {
        return folder;
    }

    String ask(String question) throws IOException {
        questions.write(question);
        questions.newLine();
        questions.flush();
        return line();
    }

    /** The next line that it prints. */
    String line() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw ended();
        }
        return line;
    }

    /** Whether it has ended by itself; a failure is thrown. */
    boolean hasEnded() throws IOException {
        if (process.isAlive()) {
            return false;
        }
        if (process.exitValue() != 0) {
            throw ended();
        }
        return true;
    }

    private IOException ended() throws IOException {
        return new IOException("the Python process has ended: " + Files.readString(folder.resolve("python.log")));
    }

    /** Ends it and deletes its folder; more than once does nothing. */
    private synchronized void stop() {
        process.destroy();
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
                Files.delete(folder);
            } catch (IOException e) {
                throw new UncheckedIOException("folder " + folder + " cannot be deleted", e);
            }
        }
    }

    @Override
    public void close() {
        stop();
    }
}
