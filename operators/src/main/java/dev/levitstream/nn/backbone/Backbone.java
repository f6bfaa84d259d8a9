package dev.levitstream.nn.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.NumericException;
import dev.levitstream.nn.engine.Tensors;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A frozen network from a file, which makes features or tokens of images. What it makes of an image depends on that
 * image alone, to the bit, on machines of one kind. Any number of threads may use one at once; whoever closes it must
 * be the last.
 */
public final class Backbone implements AutoCloseable {
    private static final int FIRST_BYTES = 9;

    private final Path file;
    private final String sha256;
    /** Its scripts are for one thread; once this is open nothing is compiled. */
    private final Compute compute;

    private final FrozenNetwork network;
    private final Preprocessing preprocessing;
    private final Shape tried;
    private final Trial trial;
    private final int block;

    /**
     * Opens a file and tries it with random images.
     *
     * @param file TorchScript, as torch.jit.save writes it, with {@code forward} that makes features (B, D) or tokens
     *     (B, T, D) of images (B, C, H, W) and, if it likes, {@code tokens} that makes (B, T, D); or the weights of a
     *     {@link dev.levitstream.nn.model.PretrainedVit} as safetensors
     * @param image size of the images to come; others may come too, but only those of a size that was tried are
     *     computed in blocks
     * @param device {@code cpu} or {@code gpuN}
     * @throws IllegalArgumentException with the file, what was found and what must be, in one line, if it is no
     *     backbone
     */
    public static Backbone open(Path file, ImageShape image, BackboneOptions options, String device) {
        Compute compute = new Compute(device);
        try {
            return new Backbone(file, image, options, compute);
        } catch (IllegalArgumentException e) {
            compute.close();
            throw new IllegalArgumentException("backbone=" + file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            compute.close();
            String reason = e instanceof NoSuchFileException ? "no such file" : e.getMessage();
            throw new IllegalArgumentException("backbone=" + file + " cannot be read: " + reason, e);
        } catch (RuntimeException e) {
            compute.close();
            throw e;
        }
    }

    private Backbone(Path file, ImageShape image, BackboneOptions options, Compute compute) throws IOException {
        this.file = file;
        this.compute = compute;
        MessageDigest digest = digest();
        try (InputStream in = new BufferedInputStream(new Digested(Files.newInputStream(file), digest))) {
            network = read(in, Files.size(file), options, compute);
            in.transferTo(OutputStream.nullOutputStream()); // what was not read is part of the file, too
        }
        sha256 = HexFormat.of().formatHex(digest.digest());
        Check.that(
                network.side() == 0 || options.size() == 0 || options.size() == network.side(),
                "backbone.size",
                options.size(),
                "must be " + network.side() + ", which the file has positions for");
        Opened opened = opened(image, options);
        preprocessing = opened.preprocessing();
        trial = opened.trial();
        tried = preprocessing.shape(image);
        block = Trial.block(network, compute, tried, options.batch());
    }

    /** Digests what is skipped, too. */
    private static final class Digested extends DigestInputStream {
        private static final int MOST = 1 << 16;

        private Digested(InputStream in, MessageDigest digest) {
            super(in, digest);
        }

        @Override
        public long skip(long count) throws IOException {
            return readNBytes((int) Math.min(count, MOST)).length;
        }
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has it", e);
        }
    }

    private static FrozenNetwork read(InputStream in, long size, BackboneOptions options, Compute compute)
            throws IOException {
        in.mark(FIRST_BYTES);
        byte[] first = in.readNBytes(FIRST_BYTES);
        in.reset();
        if (Safetensors.isMagic(first)) {
            return VitNetwork.read(in, size, options.heads(), compute);
        }
        Check.that(
                ScriptedNetwork.isMagic(first),
                "first bytes",
                HexFormat.of().formatHex(first),
                "must be those of a TorchScript archive (.pt) or of safetensors");
        Check.that(options.heads() == 0, "backbone.heads", options.heads(), "must be 0 for a TorchScript file");
        return ScriptedNetwork.read(in, compute);
    }

    private record Opened(Preprocessing preprocessing, Trial trial) {}

    /** With the first number of channels that it takes; what is wrong is said of the likeliest. */
    private Opened opened(ImageShape image, BackboneOptions options) {
        List<Integer> channels = network.channels();
        try {
            return opened(channels.get(0), image, options);
        } catch (IllegalArgumentException e) {
            if (channels.size() == 1) {
                throw e;
            }
            try {
                return opened(channels.get(1), image, options);
            } catch (IllegalArgumentException other) {
                e.addSuppressed(other);
                throw e;
            }
        }
    }

    private Opened opened(int channels, ImageShape image, BackboneOptions options) {
        Preprocessing with = new Preprocessing(
                channels,
                Math.max(network.side(), options.size()),
                options.mean().isEmpty() ? network.mean() : options.mean(),
                options.std().isEmpty() ? network.std() : options.std(),
                compute);
        return new Opened(with, Trial.of(network, compute, with.shape(image)));
    }

    /** Width D of the features. */
    public int width() {
        return last(trial.features());
    }

    /** Whether it makes tokens. */
    public boolean hasTokens() {
        return trial.tokens().isPresent();
    }

    /** T, the tokens of an image; 0 if it makes none. */
    public int tokenCount() {
        return trial.tokens().map(shape -> (int) shape.get(1)).orElse(0);
    }

    /** Width of a token; 0 if it makes none. */
    public int tokenWidth() {
        return trial.tokens().map(Backbone::last).orElse(0);
    }

    private static int last(Shape shape) {
        return (int) shape.get(shape.dimension() - 1);
    }

    /** SHA-256 of the file, in hexadecimal digits. */
    public String sha256() {
        return sha256;
    }

    /**
     * Images that are computed at once (count): at most as many as asked for, and no more than leave all bits alone.
     */
    public int block() {
        return block;
    }

    /**
     * Features of images of any size.
     *
     * @return a row of {@link #width} values for each; the mean of the tokens where the network makes no features
     * @throws IllegalArgumentException if the network cannot compute an image of that size, or gives values that are
     *     not finite
     */
    public float[][] features(List<SizedImage> images) {
        float[][] rows = rows(images, network::forward, trial.features());
        return trial.features().dimension() == 2
                ? rows
                : Arrays.stream(rows).map(this::mean).toArray(float[][]::new);
    }

    private float[] mean(float[] tokens) {
        float[] mean = new float[width()];
        int count = tokens.length / mean.length;
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (int t = 0; t < count; t++) {
                sum += tokens[t * mean.length + i];
            }
            mean[i] = (float) (sum / count);
        }
        return mean;
    }

    /**
     * Tokens of images of any size.
     *
     * @return a row for each: token by token, {@link #tokenCount} times {@link #tokenWidth} values
     * @throws IllegalArgumentException as {@link #features}
     * @throws IllegalStateException if it makes none
     */
    public float[][] tokens(List<SizedImage> images) {
        Shape one = trial.tokens().orElseThrow(() -> new IllegalStateException("backbone=" + file + " has no tokens"));
        return rows(images, network.hasTokens() ? network::tokens : network::forward, one);
    }

    private float[][] rows(List<SizedImage> images, UnaryOperator<NDArray> function, Shape one) {
        float[][] rows = new float[images.size()][];
        int to;
        for (int from = 0; from < rows.length; from = to) {
            to = from + 1;
            while (to < Math.min(rows.length, from + block) && isTried(images.get(from)) && isTried(images.get(to))) {
                to++;
            }
            List<SizedImage> part = images.subList(from, to);
            float[] values = values(scope -> function.apply(preprocessing.block(scope, part)), one, part);
            int width = values.length / part.size();
            for (int i = from; i < to; i++) {
                rows[i] = Arrays.copyOfRange(values, (i - from) * width, (i - from + 1) * width);
            }
        }
        return rows;
    }

    private boolean isTried(SizedImage image) {
        return preprocessing.shape(image.shape()).equals(tried);
    }

    /** Of images whose sizes come to one, computed in a scope of their own. */
    private float[] values(Function<NDManager, NDArray> function, Shape one, List<SizedImage> images) {
        ImageShape size = images.get(0).shape();
        try (NDManager scope = compute.newManager()) {
            NDArray found = function.apply(scope);
            Shape wanted = new Shape(images.size()).addAll(one.slice(1));
            Check.that(
                    found.getShape().equals(wanted),
                    "image",
                    size,
                    "gives " + found.getShape() + ", must be " + wanted);
            float[] values = Tensors.read(found);
            Check.that(Trial.isFinite(values), "image", size, "gives values that are not finite");
            return values;
        } catch (NumericException e) {
            throw new IllegalArgumentException(
                    "image=" + size + " cannot be computed by backbone=" + file + ": " + Trial.reason(e), e);
        }
    }

    @Override
    public void close() {
        compute.close();
    }
}
