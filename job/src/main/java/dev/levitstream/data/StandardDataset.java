package dev.levitstream.data;

import dev.levitstream.nn.ImageShape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** Data sets that are read from the files as their authors publish them. */
public enum StandardDataset {
    MNIST("mnist", "the MNIST database of handwritten digits (LeCun, Cortes and Burges)"),
    FASHION_MNIST("fashion-mnist", "Fashion-MNIST (zalandoresearch/fashion-mnist on GitHub)"),
    CIFAR10("cifar-10-batches-bin", "CIFAR-10, binary version (Krizhevsky, University of Toronto)");

    private static final int IDX_IMAGES = 0x803;
    private static final int IDX_LABELS = 0x801;
    private static final ImageShape CIFAR_SHAPE = new ImageShape(32, 32, 3);

    private final String folder;
    private final String origin;

    StandardDataset(String folder, String origin) {
        this.folder = folder;
        this.origin = origin;
    }

    /** Its name in options. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads the training part. */
    public List<Sample> train(Path dir) throws IOException {
        if (this != CIFAR10) {
            return idx(dir, "train");
        }
        List<Sample> samples = new ArrayList<>();
        for (int batch = 1; batch <= 5; batch++) {
            samples.addAll(cifar(file(dir, "data_batch_" + batch + ".bin")));
        }
        return samples;
    }

    /** Reads the test part. */
    public List<Sample> test(Path dir) throws IOException {
        return this == CIFAR10 ? cifar(file(dir, "test_batch.bin")) : idx(dir, "t10k");
    }

    /** The file in {@code dir} or in the data set's own folder beneath it. */
    private Path file(Path dir, String name) throws IOException {
        for (Path candidate : List.of(dir.resolve(name), dir.resolve(folder).resolve(name))) {
            if (Files.isRegularFile(candidate)) {
                return candidate;
            }
        }
        throw new NoSuchFileException(dir.resolve(name) + " is missing (looked in " + folder
                + "/ too): it is published as part of " + origin);
    }

    /** IDX: magic number, sizes, then the values, gzipped. */
    private List<Sample> idx(Path dir, String part) throws IOException {
        ByteBuffer images = gunzip(file(dir, part + "-images-idx3-ubyte.gz"), IDX_IMAGES);
        ByteBuffer labels = gunzip(file(dir, part + "-labels-idx1-ubyte.gz"), IDX_LABELS);
        int count = images.getInt();
        ImageShape shape = new ImageShape(images.getInt(), images.getInt(), 1);
        if (labels.getInt() != count
                || images.remaining() != (long) count * shape.size()
                || labels.remaining() != count) {
            throw new IOException(dir + ": " + part + " images and labels do not belong together");
        }
        List<Sample> samples = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] pixels = new byte[shape.size()];
            images.get(pixels);
            samples.add(Sample.raw(Integer.toString(labels.get() & 0xFF), shape, pixels));
        }
        return samples;
    }

    private static ByteBuffer gunzip(Path file, int magic) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            ByteBuffer buffer = ByteBuffer.wrap(in.readAllBytes());
            if (buffer.remaining() < 16 || buffer.getInt() != magic) {
                throw new IOException(file + " is no IDX file of the kind " + Integer.toHexString(magic));
            }
            return buffer;
        }
    }

    /** One label byte, then three planes of 32 x 32 bytes. */
    private static List<Sample> cifar(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        int plane = CIFAR_SHAPE.height() * CIFAR_SHAPE.width();
        int record = 1 + CIFAR_SHAPE.size();
        if (all.length == 0 || all.length % record != 0) {
            throw new IOException(file + ": length=" + all.length + " must be a multiple of " + record);
        }
        List<Sample> samples = new ArrayList<>(all.length / record);
        for (int at = 0; at < all.length; at += record) {
            String label = Integer.toString(all[at] & 0xFF);
            byte[] planes = Arrays.copyOfRange(all, at + 1, at + record);
            byte[] pixels = new byte[planes.length];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = planes[i % 3 * plane + i / 3];
            }
            samples.add(Sample.raw(label, CIFAR_SHAPE, pixels));
        }
        return samples;
    }
}
