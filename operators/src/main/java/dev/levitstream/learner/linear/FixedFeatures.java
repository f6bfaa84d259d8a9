package dev.levitstream.learner.linear;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.InputShape;
import dev.levitstream.common.TokenShape;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.model.FeatureMap;
import dev.levitstream.nn.model.FilterLearning;
import dev.levitstream.nn.model.FourierFeatures;
import dev.levitstream.nn.model.PatchFeatures;
import dev.levitstream.nn.model.PatchFilters;
import dev.levitstream.nn.model.RandomExpansion;
import dev.levitstream.nn.model.Thumbnail;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Features of images that are fixed from the first image on, a backbone's among them, or by filters that are learnt
 * once from a stream's first {@value #ENOUGH} images and then are part of the learner's state. Until those images are
 * there, random ones serve.
 */
public final class FixedFeatures {
    /** Images that filters are learnt from. */
    public static final int ENOUGH = 500;

    private final FeatureOptions options;
    /** What is seen of an image; of tokens all. */
    private final Optional<Thumbnail> thumbnail;

    private final Compute compute;
    private final Optional<RandomExpansion> expansion;
    private FeatureMap features;
    private Optional<PatchFilters> own = Optional.empty();

    /**
     * @param input shape of what comes: tokens if a backbone makes the features, else images
     * @param shared holds what is the same for all learners of that shape and these options; borrowed
     * @throws IllegalArgumentException if the input is of the other kind
     */
    public FixedFeatures(InputShape input, FeatureOptions options, SharedWeights shared, Compute compute) {
        this.options = options;
        this.compute = compute;
        boolean embedded = options.kind() == FeatureOptions.Kind.BACKBONE;
        Check.that(
                embedded == input instanceof TokenShape,
                "input",
                input,
                "must be " + (embedded ? "tokens" : "an image") + " for features of kind " + options.kind());
        // large patches have too many values for a covariance; where none is needed, images stay as they are
        this.thumbnail = input instanceof ImageShape image
                ? Optional.of(isLearnt() ? Thumbnail.of(image) : new Thumbnail(image, 1))
                : Optional.empty();
        String name = input + "/" + options.kind() + "/" + options.filters() + "/" + options.backbone();
        FeatureMap first = input instanceof TokenShape tokens
                ? new BackboneFeatures(tokens)
                : shared.get("fixed-features/" + name, FeatureMap.class, this::first);
        this.expansion = options.expansion() == 0
                ? Optional.empty()
                : Optional.of(shared.get(
                        "random-expansion/" + name + "/" + options.expansion(),
                        RandomExpansion.class,
                        () -> new RandomExpansion(first, options.expansion())));
        this.features = expansion.map(FeatureMap.class::cast).orElse(first);
    }

    private ImageShape seenShape() {
        return thumbnail.orElseThrow().shape();
    }

    private FeatureMap first() {
        ImageShape seen = seenShape();
        return options.kind() == FeatureOptions.Kind.FOURIER
                ? new FourierFeatures(seen, options.filters())
                : patches(PatchFilters.random(seen, options.filters()));
    }

    /** Of colour images the mirror image has a part: grey ones are often digits or letters. */
    private PatchFeatures patches(PatchFilters filters) {
        ImageShape seen = seenShape();
        return new PatchFeatures(seen, filters, isLearnt() && seen.channels() > 1);
    }

    /** Number of features. */
    public int width() {
        return features.width();
    }

    /** Features of one input, as {@link InputShape} has its bytes: {@link #width} values. */
    public float[] of(byte[] pixels) {
        return ofSeen(seen(pixels));
    }

    /** What is seen of an image, small enough to be kept: unsigned bytes; of tokens all. */
    byte[] seen(byte[] pixels) {
        return thumbnail.map(smaller -> smaller.of(pixels)).orElse(pixels);
    }

    /** Features of what is seen of an image. */
    float[] ofSeen(byte[] seen) {
        return features.of(seen);
    }

    /** Whether its filters are learnt, or to be learnt. */
    boolean isLearnt() {
        return options.kind() == FeatureOptions.Kind.LEARNT;
    }

    /** Whether filters are still to be learnt. */
    public boolean isProvisional() {
        return isLearnt() && own.isEmpty();
    }

    /** Learns the filters, once and for all, from what is seen of some images. */
    void learn(List<byte[]> seen) {
        become(new FilterLearning(seenShape(), options.filters(), compute).learn(seen));
    }

    private void become(PatchFilters found) {
        own = Optional.of(found);
        PatchFeatures patches = patches(found);
        features = expansion.map(wider -> (FeatureMap) wider.of(patches)).orElse(patches);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeBoolean(own.isPresent());
        if (own.isPresent()) {
            float[][] weights = own.get().weights();
            out.writeInt(weights.length);
            for (float[] row : weights) {
                StateCodec.writeFloats(out, row);
            }
            StateCodec.writeFloats(out, own.get().biases());
            out.writeBoolean(own.get().rooted());
        }
    }

    /** Becomes what {@link #write} wrote. */
    void read(StateCodec.Input in) throws IOException {
        if (in.readBoolean()) {
            float[][] weights = new float[in.readInt()][];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = StateCodec.readFloats(in);
            }
            become(new PatchFilters(weights, StateCodec.readFloats(in), in.rootsFeatures()));
        }
    }
}
