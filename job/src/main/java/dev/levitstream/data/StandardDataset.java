package dev.levitstream.data;

import dev.levitstream.common.ImageShape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.Matrix;

/** Data sets that are read from the files as their authors publish them. */
public enum StandardDataset {
    MNIST("mnist", "the MNIST database of handwritten digits (LeCun, Cortes and Burges)"),
    FASHION_MNIST("fashion-mnist", "Fashion-MNIST (zalandoresearch/fashion-mnist on GitHub)"),
    CIFAR10("cifar-10-batches-bin", "CIFAR-10, binary version (Krizhevsky, University of Toronto)"),
    CIFAR100("cifar-100-binary", "CIFAR-100, binary version (Krizhevsky, University of Toronto)"),
    SVHN("svhn", "The Street View House Numbers, cropped digits (Netzer et al., Stanford University)");

    private static final int IDX_IMAGES = 0x803;
    private static final int IDX_LABELS = 0x801;
    private static final ImageShape COLOUR = new ImageShape(32, 32, 3);

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
        return switch (this) {
            case MNIST, FASHION_MNIST -> idx(dir, "train");
            case CIFAR10 -> {
                List<Sample> samples = new ArrayList<>();
                for (int batch = 1; batch <= 5; batch++) {
                    samples.addAll(cifar(file(dir, "data_batch_" + batch + ".bin"), 1));
                }
                yield samples;
            }
            case CIFAR100 -> cifar(file(dir, "train.bin"), 2);
            case SVHN -> svhn(file(dir, "train_32x32.mat"));
        };
    }

    /** Reads the test part. */
    public List<Sample> test(Path dir) throws IOException {
        return switch (this) {
            case MNIST, FASHION_MNIST -> idx(dir, "t10k");
            case CIFAR10 -> cifar(file(dir, "test_batch.bin"), 1);
            case CIFAR100 -> cifar(file(dir, "test.bin"), 2);
            case SVHN -> svhn(file(dir, "test_32x32.mat"));
        };
    }

    /** The file in {@code dir} or in the data set's own folder beneath it. */
    private Path file(Path dir, String name) throws IOException {
        for (Path candidate : List.of(dir.resolve(name), dir.resolve(folder).resolve(name))) {
            if (Files.isRegularFile(candidate)) {
                return candidate;
            }
        }
        throw new IOException(dir.resolve(name) + " is missing (looked in " + folder
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

    /** Label bytes, the last of which counts (CIFAR-100: coarse, fine), then three planes of 32 x 32 bytes. */
    private static List<Sample> cifar(Path file, int labelBytes) throws IOException {
        byte[] all = Files.readAllBytes(file);
        int plane = COLOUR.height() * COLOUR.width();
        int record = labelBytes + COLOUR.size();
        if (all.length == 0 || all.length % record != 0) {
            throw new IOException(file + ": length=" + all.length + " must be a multiple of " + record);
        }
        List<Sample> samples = new ArrayList<>(all.length / record);
        for (int at = 0; at < all.length; at += record) {
            String label = Integer.toString(all[at + labelBytes - 1] & 0xFF);
            byte[] pixels = new byte[COLOUR.size()];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = all[at + labelBytes + i % 3 * plane + i / 3];
            }
            samples.add(Sample.raw(label, COLOUR, pixels));
        }
        return samples;
    }

    /** MATLAB 5 arrays X (32 x 32 x 3 x n, bytes) and y (n, digits; 10 stands for 0). */
    private static List<Sample> svhn(Path file) throws IOException {
        try (Mat5File mat = Mat5.readFromFile(file.toFile())) {
            Matrix images = mat.getMatrix("X");
            Matrix labels = mat.getMatrix("y");
            int[] sides = images.getDimensions();
            int count = labels.getNumElements();
            if (sides.length != 4
                    || sides[0] != COLOUR.height()
                    || sides[1] != COLOUR.width()
                    || sides[2] != COLOUR.channels()
                    || sides[3] != count) {
                throw new IOException(file + ": X=" + Arrays.toString(sides) + " must be [32, 32, 3, " + count + "]");
            }
            List<Sample> samples = new ArrayList<>(count);
            for (int n = 0; n < count; n++) {
                byte[] pixels = new byte[COLOUR.size()];
                for (int i = 0; i < pixels.length; i++) {
                    int row = i / 3 / COLOUR.width();
                    int column = i / 3 % COLOUR.width();
                    int inColumns = row + COLOUR.height() * (column + COLOUR.width() * (i % 3 + 3 * n));
                    pixels[i] = (byte) images.getInt(inColumns);
                }
                samples.add(Sample.raw(Integer.toString(labels.getInt(n) % 10), COLOUR, pixels));
            }
            return samples;
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " must hold the arrays X and y: " + e.getMessage(), e);
        }
    }
}
