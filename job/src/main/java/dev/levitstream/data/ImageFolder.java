package dev.levitstream.data;

import dev.levitstream.common.ImageShape;
import dev.levitstream.picture.PictureDecoder;
import dev.levitstream.picture.PictureException;
import dev.levitstream.schema.Encoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A folder of PNG and JPEG pictures with one sub-folder per label. Files are read when they are published. */
public final class ImageFolder {
    private ImageFolder() {}

    /**
     * Lists the pictures, sub-folders and files by name.
     *
     * @throws IOException if the folder has no sub-folder with a picture
     */
    public static List<Sample> read(Path dir) throws IOException {
        List<Sample> samples = new ArrayList<>();
        for (Path folder : children(dir)) {
            if (Files.isDirectory(folder)) {
                for (Path file : children(folder)) {
                    Encoding encoding = encoding(file);
                    if (encoding != Encoding.UNKNOWN) {
                        ImageShape shape = shape(file, encoding);
                        samples.add(new Sample(name(folder), shape, encoding, () -> Files.readAllBytes(file)));
                    }
                }
            }
        }
        if (samples.isEmpty()) {
            throw new IOException(dir + " must have one sub-folder per label with PNG or JPEG files in it");
        }
        return samples;
    }

    private static List<Path> children(Path dir) throws IOException {
        try (Stream<Path> entries = Files.list(dir)) {
            return entries.sorted().toList();
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static Encoding encoding(Path file) {
        String name = name(file).toLowerCase(Locale.ROOT);
        if (name.endsWith(".png")) {
            return Encoding.PNG;
        }
        return name.endsWith(".jpg") || name.endsWith(".jpeg") ? Encoding.JPEG : Encoding.UNKNOWN;
    }

    /** Upright size; grey pictures have one channel, all others three. */
    private static ImageShape shape(Path file, Encoding encoding) throws IOException {
        try {
            return PictureDecoder.shape(Rescaling.format(encoding), Files.readAllBytes(file));
        } catch (PictureException e) {
            throw new IOException(file + " is no readable picture: " + e.getMessage(), e);
        }
    }
}
