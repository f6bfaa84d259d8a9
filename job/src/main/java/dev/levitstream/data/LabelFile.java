package dev.levitstream.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Labels of a folder's pictures in a CSV file: a path and a label per line, the path as it is in the folder. A first
 * line {@code path,label} is a heading.
 */
public final class LabelFile {
    private static final int MOST_CHARACTERS = 256;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Path file;
    private final Map<String, Entry> entries = new HashMap<>();

    private record Entry(long line, String label) {}

    private LabelFile(Path file) {
        this.file = file;
    }

    /**
     * Gives pictures their labels; those that the file does not name have none.
     *
     * @param tell takes what the user should know, a line each
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException with line and rule, if one is wrong
     */
    public static List<Sample> label(Path file, List<Sample> pictures, Consumer<String> tell) throws IOException {
        LabelFile labels = new LabelFile(file);
        labels.read();
        return labels.applyTo(pictures, tell);
    }

    private void read() throws IOException {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setIgnoreEmptyLines(true)
                .setTrim(true)
                .get();
        long line = 1;
        try (CSVParser parser = CSVParser.parse(
                Files.newBufferedReader(file, StandardCharsets.UTF_8), format)) { // refuses what is none
            for (CSVRecord record : parser) {
                line = parser.getCurrentLineNumber();
                add(record, line);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause() instanceof CharacterCodingException
                    ? new IllegalArgumentException("labels=" + file + " must be UTF-8", e)
                    : wrong(
                            line,
                            "must be CSV: " + String.valueOf(e.getMessage()).replaceFirst("^.*Exception: ", ""));
        }
    }

    private void add(CSVRecord record, long line) {
        if (record.size() != 2) {
            throw wrong(line, "must have a path and a label, has " + record.size() + " values");
        }
        String path = record.get(0).replace(BYTE_ORDER_MARK, "");
        String label = record.get(1);
        if (record.getRecordNumber() == 1 && path.equalsIgnoreCase("path") && label.equalsIgnoreCase("label")) {
            return;
        }
        if (label.isEmpty() || label.length() > MOST_CHARACTERS) {
            throw wrong(line, "label=" + label + " must have 1 to " + MOST_CHARACTERS + " characters");
        }
        Entry before = entries.put(Path.of(path).normalize().toString(), new Entry(line, label));
        if (before != null) {
            throw wrong(line, "path=" + path + " must not be named again, was in line " + before.line());
        }
    }

    private IllegalArgumentException wrong(long line, String what) {
        return new IllegalArgumentException("labels=" + file + " line " + line + ": " + what);
    }

    private List<Sample> applyTo(List<Sample> pictures, Consumer<String> tell) {
        List<Sample> labelled = new ArrayList<>(pictures.size());
        int without = 0;
        for (Sample sample : pictures) {
            String name = ((PictureFile) sample.content()).name();
            Optional<String> label = Optional.ofNullable(entries.remove(name)).map(Entry::label);
            without += label.isEmpty() ? 1 : 0;
            labelled.add(new Sample(label, sample.content()));
        }
        entries.entrySet().stream()
                .min(Map.Entry.comparingByValue((a, b) -> Long.compare(a.line(), b.line())))
                .ifPresent(first -> tell.accept(entries.size() + " lines of " + file
                        + " name no picture of the folder, the first is line "
                        + first.getValue().line() + ": " + first.getKey()));
        if (without == pictures.size()) {
            throw new IllegalArgumentException("labels=" + file
                    + " must name pictures by their paths in the folder, as in "
                    + ((PictureFile) pictures.get(0).content()).name() + "; it names none");
        }
        if (without > 0) {
            tell.accept(
                    without + " of " + pictures.size() + " pictures are not in " + file + ": published without label");
        }
        return labelled;
    }
}
