package dev.levitstream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder and what works in it: closing stops everything, the latest first, and deletes the folder if it was
 * temporary.
 */
final class WorkFolder implements AutoCloseable {
    private static final long NEEDED_BYTES = 500L << 20;

    private final Path folder;
    private final boolean temporary;
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private volatile boolean closed;

    private WorkFolder(Path folder, boolean temporary) {
        this.folder = folder;
        this.temporary = temporary;
    }

    /**
     * Opens a folder.
     *
     * @param chosen to be kept, or null for a temporary one
     * @throws IOException if it cannot be made or its disk is full
     */
    static WorkFolder open(@Nullable Path chosen) throws IOException {
        Path folder = chosen == null ? Files.createTempDirectory("levit-stream") : Files.createDirectories(chosen);
        long usable = Files.getFileStore(folder).getUsableSpace();
        if (usable < NEEDED_BYTES) {
            throw new IOException("folder " + folder + " has " + (usable >> 20) + " MiB left, needs "
                    + (NEEDED_BYTES >> 20) + ": free some, or choose another disk with --work-dir");
        }
        return new WorkFolder(folder, chosen == null);
    }

    Path path(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    /** Takes something that is to be closed with the folder. */
    <T extends AutoCloseable> T owns(T resource) {
        synchronized (owned) {
            owned.push(resource);
        }
        return resource;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() throws Exception {
        closed = true;
        synchronized (owned) { // Ctrl-C may close while the command closes
            while (!owned.isEmpty()) {
                owned.pop().close();
            }
            if (temporary && Files.exists(folder)) {
                delete();
            }
        }
    }

    private void delete() throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(folder)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
