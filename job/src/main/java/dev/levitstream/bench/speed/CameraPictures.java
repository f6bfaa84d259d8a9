package dev.levitstream.bench.speed;

import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/**
 * Full-HD pictures of cameras, as JPEG: shapes before a graded sky, with the noise of a sensor, a different lot for
 * each key. They are drawn once, into a folder; a stream shows them again and again.
 */
final class CameraPictures implements Footage {
    /** Of each key (count). */
    static final int EACH = 12;

    private static final long serialVersionUID = 1;

    private static final int WIDTH = 1920;
    private static final int HEIGHT = 1080;
    private static final int SHAPES = 60;
    /** Largest change of a channel by noise, of 255: as much as makes files of the size that cameras send. */
    private static final int NOISE = 16;

    private final String folder;
    private transient @Nullable List<byte[]> pictures;

    private CameraPictures(String folder) {
        this.folder = folder;
    }

    /**
     * Draws the pictures.
     *
     * @param folder takes the files
     * @param keys whose cameras they are of (count)
     */
    static CameraPictures draw(Path folder, int keys) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < keys * EACH; i++) {
            ImageIO.write(
                    picture(new SplittableRandom(i)), "jpeg", file(folder, i).toFile());
        }
        return new CameraPictures(folder.toString());
    }

    private static Path file(Path folder, int number) {
        return folder.resolve(number + ".jpg");
    }

    private static BufferedImage picture(SplittableRandom random) {
        BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, colour(random), WIDTH, HEIGHT, colour(random)));
        graphics.fillRect(0, 0, WIDTH, HEIGHT);
        for (int i = 0; i < SHAPES; i++) {
            graphics.setPaint(colour(random));
            int width = 20 + random.nextInt(WIDTH / 4);
            int height = 20 + random.nextInt(HEIGHT / 4);
            int x = random.nextInt(WIDTH) - width / 2;
            int y = random.nextInt(HEIGHT) - height / 2;
            if (random.nextBoolean()) {
                graphics.fillOval(x, y, width, height);
            } else {
                graphics.fillRect(x, y, width, height);
            }
        }
        graphics.dispose();
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                picture.setRGB(x, y, noisy(picture.getRGB(x, y), random));
            }
        }
        return picture;
    }

    private static Color colour(SplittableRandom random) {
        return new Color(random.nextInt(1 << 24));
    }

    private static int noisy(int colour, SplittableRandom random) {
        int noisy = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            int value = (colour >> shift & 0xFF) + random.nextInt(-NOISE, NOISE + 1);
            noisy |= Math.max(0, Math.min(0xFF, value)) << shift;
        }
        return noisy;
    }

    /** Files of all pictures, in their order. */
    List<byte[]> all() throws IOException {
        if (pictures == null) {
            List<byte[]> read = new ArrayList<>();
            for (int i = 0; Files.exists(file(Path.of(folder), i)); i++) {
                read.add(Files.readAllBytes(file(Path.of(folder), i)));
            }
            pictures = read;
        }
        return pictures;
    }

    @Override
    public ImageRecord image(String key, long number, Instant time) throws IOException {
        List<byte[]> all = all();
        int lot = Math.floorMod(key.hashCode(), all.size() / EACH);
        int which = (int) (number % EACH);
        byte[] file = all.get(lot * EACH + which);
        String label = "label-" + which % 2;
        return new ImageRecord(key, Long.toString(number), time, 0, 0, 0, Encoding.JPEG, ByteBuffer.wrap(file), label);
    }
}
