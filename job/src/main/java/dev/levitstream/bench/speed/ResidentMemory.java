package dev.levitstream.bench.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process has of the machine's memory. */
final class ResidentMemory {
    private static final long PAGE = 4096;

    private ResidentMemory() {}

    /** Without what the collector would free. */
    static long bytes() throws IOException {
        System.gc();
        String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1);
        return Long.parseLong(pages[1]) * PAGE;
    }
}
