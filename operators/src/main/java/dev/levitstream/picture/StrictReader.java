package dev.levitstream.picture;

import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** The JDK's readers, used for plain samples; a warning of theirs is a fault. */
final class StrictReader {
    private StrictReader() {}

    /**
     * Decodes samples without any conversion.
     *
     * @throws PictureException if the reader fails or warns
     */
    static Raster read(PictureFormat format, InputStream picture) {
        ImageReader reader = ImageIO.getImageReadersByFormatName(format.text()).next();
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        try (ImageInputStream in = new MemoryCacheImageInputStream(picture)) {
            reader.setInput(in, true, true); // forward only, without metadata
            Raster raster = reader.canReadRaster()
                    ? reader.readRaster(0, null)
                    : reader.read(0).getRaster();
            if (!warnings.isEmpty()) {
                throw damaged(warnings.get(0));
            }
            return raster;
        } catch (PictureException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // the readers throw both at damaged files
            throw damaged(String.valueOf(e.getMessage()));
        } finally {
            reader.dispose();
        }
    }

    private static PictureException damaged(String found) {
        return new PictureException("data", found, "must be undamaged");
    }
}
