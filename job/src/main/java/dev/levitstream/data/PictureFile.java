package dev.levitstream.data;

import dev.levitstream.picture.PictureException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A picture in a folder. It is read when it is asked for, and is what its first bytes say, whatever its name.
 *
 * @param folder that was listed
 * @param file below it
 */
public record PictureFile(Path folder, Path file) implements Sample.Content {
    private static final long MOST_BYTES = 16L << 20; // and a message holds a header more

    /** Its path in the folder, with slashes. */
    public String name() {
        return folder.relativize(file).toString();
    }

    @Override
    public Image read() throws IOException {
        byte[] bytes = bytes();
        if (bytes.length == 0) {
            throw new IOException(file + " is empty");
        }
        try {
            return Rescaling.image(bytes);
        } catch (PictureException e) {
            throw new IOException(file + " is no readable picture: " + e.getMessage(), e);
        }
    }

    /** Of a file that may have changed or gone since it was listed. */
    private byte[] bytes() throws IOException {
        try {
            long size = Files.size(file);
            if (size > MOST_BYTES) {
                throw new IOException(file + " has " + size + " bytes, must have at most " + MOST_BYTES);
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " is gone", e);
        } catch (AccessDeniedException e) {
            throw new IOException(file + " may not be read", e);
        }
    }
}
