package dev.levitstream.nn.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What must be known of the machine's processor. */
final class Processor {
    private static final Path DESCRIPTION = Path.of("/proc/cpuinfo");
    /** Instruction sets that the engine's libraries have kernels of their own for, the widest first. */
    private static final List<String> WIDEST = List.of("avx512f", "avx2", "avx", "sve2", "sve", "asimd");

    private Processor() {}

    /** Whether Intel made it; where the system does not say so, it counts as another's. */
    static boolean isIntel() {
        return description().stream().anyMatch(line -> line.startsWith("vendor_id") && line.endsWith("GenuineIntel"));
    }

    /** Maker, family, model and widest instruction set: between those that differ in it, last bits of results may. */
    static String kind() {
        return kind(description());
    }

    static String kind(List<String> lines) {
        String names = Stream.of("vendor_id", "cpu family", "model", "CPU implementer", "CPU part")
                .map(name -> value(lines, name))
                .filter(value -> !value.isEmpty())
                .collect(Collectors.joining("-", System.getProperty("os.arch") + " ", " "));
        List<String> known = List.of((value(lines, "flags") + " " + value(lines, "Features")).split(" ", -1));
        return names + WIDEST.stream().filter(known::contains).findFirst().orElse("plain");
    }

    private static String value(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.matches(name + "\\s*:.*"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse("");
    }

    private static List<String> description() {
        if (!Files.isReadable(DESCRIPTION)) {
            return List.of();
        }
        try {
            return Files.readAllLines(DESCRIPTION);
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + DESCRIPTION + " failed", e);
        }
    }
}
