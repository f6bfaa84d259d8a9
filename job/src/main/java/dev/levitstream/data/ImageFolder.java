package dev.levitstream.data;

import dev.levitstream.common.Check;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A folder of pictures in folders of any depth. The label of a picture is the name of the folder's sub-folder that it
 * lies in or below; pictures in no sub-folder have none.
 */
public final class ImageFolder {
    private static final Set<String> ENDINGS =
            Set.of("png", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "bmp", "tif", "tiff");

    private ImageFolder() {}

    /**
     * Lists the pictures by path; they are not opened. Links are followed, but not in circles.
     *
     * @param skipped takes hidden, foreign, empty and unreadable files
     * @throws IllegalArgumentException if it is no folder
     * @throws IOException with one line, if it has no picture
     */
    public static List<Sample> list(Path dir, Skipped skipped) throws IOException {
        Check.that(Files.isDirectory(dir), "folder", dir, "must be a folder");
        Listing listing = new Listing(dir, skipped);
        Files.walkFileTree(dir, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, listing);
        if (listing.files.isEmpty()) {
            throw new IOException("folder=" + dir + " must have a picture in it"
                    + skipped.line().map(line -> ": " + line).orElse(""));
        }
        Collections.sort(listing.files);
        Map<Path, Optional<String>> labels = new HashMap<>(); // one object for all pictures of a label
        List<Sample> samples = new ArrayList<>(listing.files.size());
        int depth = dir.getNameCount();
        for (Path file : listing.files) {
            Optional<String> label = file.getNameCount() == depth + 1
                    ? Optional.empty()
                    : labels.computeIfAbsent(file.getName(depth), name -> Optional.of(name.toString()));
            samples.add(new Sample(label, new PictureFile(dir, file)));
        }
        return samples;
    }

    /**
     * Lists the pictures that have a label.
     *
     * @throws IOException with one line, if there are none
     */
    public static List<Sample> labelled(Path dir, Skipped skipped) throws IOException {
        List<Sample> samples = new ArrayList<>();
        for (Sample sample : list(dir, skipped)) {
            if (sample.label().isPresent()) {
                samples.add(sample);
            } else {
                skipped.add(
                        ((PictureFile) sample.content()).file() + " lies in no sub-folder, which would be its label");
            }
        }
        if (samples.isEmpty()) {
            throw new IOException("folder=" + dir + " must have one sub-folder per label with pictures in it");
        }
        return samples;
    }

    private static final class Listing extends SimpleFileVisitor<Path> {
        private final Path dir;
        private final Skipped skipped;
        private final List<Path> files = new ArrayList<>();

        private Listing(Path dir, Skipped skipped) {
            this.dir = dir;
            this.skipped = skipped;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (!folder.equals(dir) && isHidden(folder)) {
                skipped.add(folder + " is hidden");
                return FileVisitResult.SKIP_SUBTREE;
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (isHidden(file)) {
                skipped.add(file + " is hidden");
            } else if (attributes.isSymbolicLink()) { // others are followed
                skipped.add(file + " is a link to nothing");
            } else if (!attributes.isRegularFile()) {
                skipped.add(file + " is no regular file");
            } else if (!ENDINGS.contains(ending(file))) {
                skipped.add(file + " is no picture by its name");
            } else if (attributes.size() == 0) {
                skipped.add(file + " is empty");
            } else {
                files.add(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            String reason = failure instanceof FileSystemLoopException
                    ? "is a link to a folder that it lies in"
                    : failure instanceof AccessDeniedException ? "may not be read" : "cannot be read: " + failure;
            skipped.add(file + " " + reason);
            return FileVisitResult.CONTINUE;
        }

        private static boolean isHidden(Path path) {
            return name(path).startsWith(".");
        }

        private static String ending(Path file) {
            String name = name(file);
            return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        }

        private static String name(Path path) {
            return String.valueOf(path.getFileName());
        }
    }
}
