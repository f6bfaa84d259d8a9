package dev.levitstream.bench.speed;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A count that the functions of a job, of which each has a copy, share with who started it: the length of a file.
 *
 * @param file there already
 */
record FileCount(String file) implements Serializable {
    /** A count of 0. */
    static FileCount create(Path file) throws IOException {
        Files.createFile(file);
        return new FileCount(file.toString());
    }

    void add(int more) throws IOException {
        Files.write(Path.of(file), new byte[more], StandardOpenOption.APPEND);
    }

    long value() throws IOException {
        return Files.size(Path.of(file));
    }
}
