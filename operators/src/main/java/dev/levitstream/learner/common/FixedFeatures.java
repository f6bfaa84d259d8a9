package dev.levitstream.learner.common;

import dev.levitstream.common.ImageShape;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.model.FilterLearning;
import dev.levitstream.nn.model.PatchFeatures;
import dev.levitstream.nn.model.PatchFilters;
import dev.levitstream.nn.model.Thumbnail;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Features of images that are fixed: by random filters, or by filters that are learnt once from a stream's first
 * {@value #ENOUGH} images and then are part of the learner's state. Until those images are there, random ones serve.
 */
public final class FixedFeatures {
    /** Images that filters are learnt from. */
    public static final int ENOUGH = 500;

    private final Thumbnail thumbnail;
    private final Compute compute;
    private final int filters;
    private final boolean learnt;
    private PatchFeatures patches;
    private Optional<PatchFilters> own = Optional.empty();

    /**
     * @param image shape of the images
     * @param random features by random filters, as {@link #random} makes them
     * @param filters count, at least 1
     * @param learnt whether filters are to be learnt
     */
    public FixedFeatures(ImageShape image, PatchFeatures random, int filters, boolean learnt, Compute compute) {
        this.thumbnail = thumbnail(image, learnt);
        this.patches = random;
        this.filters = filters;
        this.learnt = learnt;
        this.compute = compute;
    }

    /** Features by random filters, the same for every learner of that shape and number. */
    public static PatchFeatures random(ImageShape image, int filters, boolean learnt) {
        ImageShape seen = thumbnail(image, learnt).shape();
        return patches(seen, PatchFilters.random(seen, filters), learnt);
    }

    /** Large patches have too many values for a covariance; where none is needed, images stay as they are. */
    private static Thumbnail thumbnail(ImageShape image, boolean learnt) {
        return learnt ? Thumbnail.of(image) : new Thumbnail(image, 1);
    }

    /** Of colour images the mirror image has a part: grey ones are often digits or letters. */
    private static PatchFeatures patches(ImageShape seen, PatchFilters filters, boolean learnt) {
        return new PatchFeatures(seen, filters, learnt && seen.channels() > 1);
    }

    /** Number of features. */
    public int width() {
        return patches.width();
    }

    /** Features of one image: H W C unsigned bytes to {@link #width} values. */
    public float[] of(byte[] pixels) {
        return ofSeen(seen(pixels));
    }

    /** What is seen of an image, small enough to be kept: unsigned bytes. */
    public byte[] seen(byte[] pixels) {
        return thumbnail.of(pixels);
    }

    /** Features of what is seen of an image. */
    public float[] ofSeen(byte[] seen) {
        return patches.of(seen);
    }

    /** Whether its filters are learnt, or to be learnt. */
    public boolean isLearnt() {
        return learnt;
    }

    /** Whether filters are still to be learnt. */
    public boolean isProvisional() {
        return learnt && own.isEmpty();
    }

    /** Learns the filters, once and for all, from what is seen of some images. */
    public void learn(List<byte[]> seen) {
        become(new FilterLearning(thumbnail.shape(), filters, compute).learn(seen));
    }

    private void become(PatchFilters found) {
        own = Optional.of(found);
        patches = patches(thumbnail.shape(), found, true);
    }

    public void write(DataOutputStream out) throws IOException {
        out.writeBoolean(own.isPresent());
        if (own.isPresent()) {
            float[][] weights = own.get().weights();
            out.writeInt(weights.length);
            for (float[] row : weights) {
                StateCodec.writeFloats(out, row);
            }
            StateCodec.writeFloats(out, own.get().biases());
        }
    }

    /** Becomes what {@link #write} wrote. */
    public void read(DataInputStream in) throws IOException {
        if (in.readBoolean()) {
            float[][] weights = new float[in.readInt()][];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = StateCodec.readFloats(in);
            }
            become(new PatchFilters(weights, StateCodec.readFloats(in)));
        }
    }
}
