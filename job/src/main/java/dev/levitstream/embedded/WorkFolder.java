package dev.levitstream.embedded;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import org.apache.flink.util.FileUtils;

/**
 * A folder and what works in it: closing stops everything, the latest first, and deletes the folder if it was
 * temporary.
 */
public final class WorkFolder implements AutoCloseable {
    /** Exit code after Ctrl-C, as shells have it. */
    public static final int INTERRUPTED = 130;

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
     * Opens a folder that is kept; it is made if it is missing.
     *
     * @param option of the command line that chose it
     * @throws IOException with one line, if it cannot be written or its disk is full
     */
    public static WorkFolder chosen(Path folder, String option) throws IOException {
        String cure = "choose another with " + option;
        try {
            requireSpace(Files.createDirectories(folder), cure);
            Files.delete(Files.createTempFile(folder, "levit-stream", null));
        } catch (FileSystemException e) {
            throw unusable(folder, e, cure);
        }
        return new WorkFolder(folder, false);
    }

    /**
     * Opens a temporary folder.
     *
     * @throws IOException with one line, if it cannot be made or its disk is full
     */
    public static WorkFolder temporary() throws IOException {
        Path parent = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            requireSpace(parent, ProcessFolder.CURE);
            return new WorkFolder(Files.createTempDirectory("levit-stream"), true);
        } catch (FileSystemException e) {
            throw unusable(parent, e, ProcessFolder.CURE);
        }
    }

    private static void requireSpace(Path folder, String cure) throws IOException {
        long usable = Files.getFileStore(folder).getUsableSpace();
        if (usable < NEEDED_BYTES) {
            throw new IOException("folder " + folder + " has " + (usable >> 20) + " MiB left, needs "
                    + (NEEDED_BYTES >> 20) + ": free some, or " + cure);
        }
    }

    /** The one line about a folder that cannot be written. */
    public static IOException unusable(Path folder, FileSystemException failure, String cure) {
        return new IOException(
                "folder " + folder + " cannot be written (" + OneLine.reason(failure) + "): " + cure, failure);
    }

    public Path path(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    /**
     * Starts something that is to be closed with the folder. Ctrl-C waits until it has started, so that it leaves
     * nothing behind.
     *
     * @throws IllegalStateException if everything is being stopped
     */
    public <T extends AutoCloseable> T start(Callable<T> starter) throws Exception {
        synchronized (owned) {
            if (closed) {
                throw new IllegalStateException("stopped before it started");
            }
            T started = starter.call();
            owned.push(started);
            return started;
        }
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() throws Exception {
        closed = true;
        synchronized (owned) { // Ctrl-C may close while the command starts or closes
            try {
                while (!owned.isEmpty()) {
                    owned.pop().close();
                }
            } finally {
                if (temporary) {
                    FileUtils.deleteDirectory(folder.toFile());
                }
            }
        }
    }
}
