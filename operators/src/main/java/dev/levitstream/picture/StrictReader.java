package dev.levitstream.picture;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Readers of others, used for plain samples; a warning of theirs is a fault. */
final class StrictReader {
    private StrictReader() {}

    /**
     * A decoded picture.
     *
     * @param read where the reader stood in the file at the end
     */
    record Decoded(BufferedImage image, long read) {}

    /** What a reader is asked for. */
    private interface Reading<T> {
        T of(ImageReader reader, ImageInputStream in) throws IOException;
    }

    /** The JDK's own reader of a format, whatever plugins there are beside it. */
    static ImageReader ofJdk(String format) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getModule().equals(ImageIO.class.getModule())) {
                return reader;
            }
            reader.dispose();
        }
        throw new IllegalStateException("format=" + format + " must be one that the JDK reads");
    }

    /**
     * Decodes samples without any conversion.
     *
     * @throws PictureException if the JDK's reader fails or warns
     */
    static Raster raster(String format, byte[] picture) {
        return read(ofJdk(format), picture, warning -> false, (reader, in) -> reader.readRaster(0, null));
    }

    /**
     * Decodes a picture.
     *
     * @param reader taken
     * @param harmless warnings that are none
     * @throws PictureException if the reader fails or warns
     */
    static Decoded image(ImageReader reader, byte[] picture, Predicate<String> harmless) {
        return read(reader, picture, harmless, (r, in) -> new Decoded(r.read(0), in.getStreamPosition()));
    }

    private static <T> T read(ImageReader reader, byte[] picture, Predicate<String> harmless, Reading<T> reading) {
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        try (ImageInputStream in = new ByteArrayImageInputStream(picture)) {
            reader.setInput(in, true, true); // forward only, without metadata
            T read = reading.of(reader, in);
            warnings.removeIf(harmless);
            if (!warnings.isEmpty()) {
                throw damaged(warnings.get(0));
            }
            return read;
        } catch (PictureException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // the readers throw both at damaged files
            throw damaged(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        } finally {
            reader.dispose();
        }
    }

    private static PictureException damaged(String found) {
        return new PictureException("data", found, "must be undamaged");
    }
}
