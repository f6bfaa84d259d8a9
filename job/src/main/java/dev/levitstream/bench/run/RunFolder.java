package dev.levitstream.bench.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A report's folder: one JSON file per finished run under {@code runs/}. A file is there whole or not at all, so an
 * interrupted report goes on where it was.
 */
public final class RunFolder {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private static final int LONGEST_NAME = 200;
    /** Characters of a hash. */
    private static final int HASH = 36;

    private final Path folder;

    public RunFolder(Path folder) {
        this.folder = folder;
    }

    /** The folder. */
    public Path path() {
        return folder;
    }

    private Path file(RunPlan plan) {
        String name = (plan.name() + " seed=" + plan.seed()).replaceAll("[^A-Za-z0-9.=-]+", "_");
        return folder.resolve("runs").resolve(shortened(name) + ".json");
    }

    /** A file system takes names of 255 bytes; what many settings make longer ends in its hash. */
    private static String shortened(String name) {
        return name.length() <= LONGEST_NAME
                ? name
                : name.substring(0, LONGEST_NAME - HASH) + UUID.nameUUIDFromBytes(name.getBytes(UTF_8));
    }

    /** The finished run of a plan, if there is one of the same benchmark with the same tasks and image counts. */
    public Optional<RunResult> find(RunPlan plan, Benchmark benchmark) throws IOException {
        if (!Files.exists(file(plan))) {
            return Optional.empty();
        }
        RunResult found = read(file(plan));
        RunSetup setup = found.setup();
        boolean same = setup.plan().equals(plan) && setup.benchmark().equals(benchmark.summary());
        return same ? Optional.of(found) : Optional.empty();
    }

    /** Writes a finished run. */
    public synchronized void add(RunResult result) throws IOException {
        Path file = file(result.setup().plan());
        Files.createDirectories(folder.resolve("runs"));
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        Files.write(partial, JSON.writeValueAsBytes(result));
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** All finished runs by file name. */
    public List<RunResult> all() throws IOException {
        Path runs = folder.resolve("runs");
        if (!Files.isDirectory(runs)) {
            throw new NotDirectoryException(
                    runs + " is missing: " + folder + " must be the --out folder of a bench run");
        }
        List<RunResult> results = new ArrayList<>();
        try (Stream<Path> files = Files.list(runs)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                results.add(read(file));
            }
        }
        return results;
    }

    public static String json(Object value) throws IOException {
        return JSON.writeValueAsString(value);
    }

    private static RunResult read(Path file) throws IOException {
        try {
            return JSON.readValue(file.toFile(), RunResult.class);
        } catch (IOException e) {
            throw new IOException(file + " must be a run of this release; delete it to run it again", e);
        }
    }
}
