package dev.levitstream.bench.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Of what and where figures were measured.
 *
 * @param commit of the program, with {@code -dirty} if files were changed; {@code unknown} outside a repository
 * @param machine cores and processor in words
 */
public record Build(String commit, String machine) {
    private static final String PROPERTIES = "/levit-stream-build.properties";

    /** This program on this machine. */
    static Build current() {
        return new Build(currentCommit(), currentMachine());
    }

    private static String currentCommit() {
        try (InputStream in = Build.class.getResourceAsStream(PROPERTIES)) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            String commit = properties.getProperty("git.commit.id.abbrev", "unknown");
            return Boolean.parseBoolean(properties.getProperty("git.dirty")) ? commit + "-dirty" : commit;
        } catch (IOException e) {
            throw new UncheckedIOException(PROPERTIES + " cannot be read", e);
        }
    }

    private static String currentMachine() {
        int cores = Runtime.getRuntime().availableProcessors();
        Path cpuinfo = Path.of("/proc/cpuinfo");
        String processor = System.getProperty("os.arch");
        try {
            processor = Files.readAllLines(cpuinfo).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse(processor);
        } catch (IOException e) {
            processor = System.getProperty("os.arch"); // not Linux: the architecture says enough
        }
        return cores + " cores, " + processor;
    }
}
