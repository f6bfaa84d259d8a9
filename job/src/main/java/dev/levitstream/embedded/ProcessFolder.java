package dev.levitstream.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.flink.util.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder that all temporary files of this process lie in: those of Flink and the broker, and native libraries that
 * Flink, RocksDB, Kafka and DJL unpack. It goes with the process; what a killed one left goes when the next starts.
 */
public final class ProcessFolder implements AutoCloseable {
    /** What to do about a temporary folder that does not serve. */
    static final String CURE = "choose another with TMPDIR";

    private static final Logger LOG = LoggerFactory.getLogger(ProcessFolder.class);
    private static final String NAME = "levit-stream-";
    private static final String LOCK = "lock";

    private final Path folder;
    private final FileChannel lock;

    private ProcessFolder(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Makes the folder.
     *
     * @param folder that the start script named to Java as the one for temporary files; does not exist yet
     * @throws IOException with one line, if it cannot be made
     */
    public static ProcessFolder make(Path folder) throws IOException {
        Path parent = folder.resolveSibling("");
        Path made = folder.resolveSibling("." + folder.getFileName());
        try {
            Files.createDirectory(
                    made, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            removeDead(parent, made);
            FileChannel lock =
                    FileChannel.open(made.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            lock.lock();
            Files.move(made, folder); // has this name only when locked, so that nobody takes it for a dead one
            // these go after the shutdown hooks, the latest first: files that libraries register, lock, folder
            folder.toFile().deleteOnExit();
            folder.resolve(LOCK).toFile().deleteOnExit();
            return new ProcessFolder(folder, lock);
        } catch (FileSystemException e) {
            throw WorkFolder.unusable(parent, e, CURE);
        }
    }

    /** Removes folders of this user's whose lock the kernel took from a process that has ended. */
    private static void removeDead(Path parent, Path mine) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, NAME + "*")) {
            for (Path folder : folders) {
                try {
                    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                            && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(mine))) {
                        removeIfDead(folder);
                    }
                } catch (IOException e) {
                    LOG.warn("{} stays", folder, e);
                }
            }
        }
    }

    private static void removeIfDead(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE)) {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                remove(folder);
            }
        }
    }

    /** The lock file last: without it nobody would finish what is killed in between. */
    private static void remove(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, path -> !path.endsWith(LOCK))) {
            for (Path file : files) {
                FileUtils.deleteFileOrDirectory(file.toFile());
            }
        }
        FileUtils.deleteDirectory(folder.toFile());
    }

    /** While the process is told to end, what Java deletes at exit may go before this does. */
    @Override
    public void close() throws IOException {
        try {
            remove(folder);
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone", folder, e);
        }
        lock.close();
    }
}
