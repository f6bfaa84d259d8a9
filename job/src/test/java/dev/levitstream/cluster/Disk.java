package dev.levitstream.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A small file system in memory, mounted on a folder, that a test can fill up and free again. Needs to be root. */
final class Disk implements AutoCloseable {
    private final Path folder;
    private final Path ballast;

    private Disk(Path folder) {
        this.folder = folder;
        this.ballast = folder.resolve("ballast");
    }

    /**
     * Mounts an empty disk.
     *
     * @param folder where; made if it is not there
     * @param megabytes it holds
     */
    static Disk mount(Path folder, int megabytes) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        String said = run(List.of("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString()));
        if (!said.isEmpty()) {
            throw new IllegalStateException(
                    "disk=" + folder + " cannot be mounted, run this test as root with CAP_SYS_ADMIN: " + said);
        }
        return new Disk(folder);
    }

    /** Unmounts what an earlier test left under a folder when it was killed. */
    static void unmountAll(Path under) throws IOException, InterruptedException {
        for (String line : Files.readAllLines(Path.of("/proc/mounts"))) {
            String mounted = line.split(" ", 3)[1];
            if (mounted.startsWith(under + "/")) {
                new Disk(Path.of(mounted)).close();
            }
        }
    }

    Path folder() {
        return folder;
    }

    /** Takes all that is left. What others let go of later is free again: call it again to keep the disk full. */
    void fill() throws IOException {
        byte[] page = new byte[4096];
        try (OutputStream out = Files.newOutputStream(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                out.write(page);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw e;
            }
        }
    }

    void free() throws IOException {
        Files.deleteIfExists(ballast);
    }

    /** Unmounts, even if somebody still has a file open there. */
    @Override
    public void close() throws IOException, InterruptedException {
        run(List.of("umount", "-l", folder.toString()));
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        process.waitFor();
        return said;
    }
}
