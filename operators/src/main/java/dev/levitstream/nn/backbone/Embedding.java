package dev.levitstream.nn.backbone;

import dev.levitstream.common.Check;
import dev.levitstream.common.HalfFloats;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.TokenShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a backbone makes of images of one size, as learners are given it: half floats, a twentieth of the image or less
 * where it is large. An image's depend on that image alone, to the bit. Any number of threads may use one at once;
 * whoever closes it must be the last.
 */
public final class Embedding implements AutoCloseable {
    private final Backbone backbone;
    private final ImageShape image;
    private final TokenShape tokens;
    private final boolean whole;

    /**
     * What became of one image.
     *
     * @param bytes half floats, token by token; empty if it could not be embedded
     * @param reason in one line why not; empty if it could
     */
    public record Result(Optional<byte[]> bytes, String reason) {}

    private Embedding(Backbone backbone, ImageShape image, TokenShape tokens, boolean whole) {
        this.backbone = backbone;
        this.image = image;
        this.tokens = tokens;
        this.whole = whole;
    }

    /**
     * Opens a backbone.
     *
     * @param image size of the images
     * @param tokens what is wanted of them: the file's {@link BackboneFile#wholeShape} for features, or its
     *     {@link BackboneFile#tokenShape}
     * @param device {@code cpu} or {@code gpuN}
     * @throws IllegalArgumentException in one line, if the file is missing here, is another one, or makes no such
     *     tokens
     */
    public static Embedding open(BackboneFile file, ImageShape image, TokenShape tokens, String device) {
        boolean whole = tokens.equals(file.wholeShape());
        Check.that(
                whole || tokens.equals(file.tokenShape()),
                "tokens",
                tokens,
                "must be " + file.wholeShape() + " or " + file.tokenShape() + ", which backbone=" + file.path()
                        + " makes");
        return new Embedding(file.open(image, device), image, tokens, whole);
    }

    /** Images that are computed at once (count). */
    public int block() {
        return backbone.block();
    }

    /**
     * Embeds images: in blocks, and where one of a block fails, each by itself.
     *
     * @param images each H W C unsigned bytes; borrowed
     * @return one for each, in their order
     */
    public List<Result> of(List<byte[]> images) {
        List<Result> results = new ArrayList<>(images.size());
        for (int i = 0; i < images.size(); i += block()) {
            List<byte[]> block = images.subList(i, Math.min(images.size(), i + block()));
            try {
                results.addAll(together(block));
            } catch (IllegalArgumentException e) {
                block.forEach(pixels -> results.add(alone(pixels)));
            }
        }
        return results;
    }

    /**
     * Embeds an image.
     *
     * @param pixels H W C unsigned bytes; borrowed
     * @throws IllegalArgumentException in one line, if it cannot be
     */
    public byte[] of(byte[] pixels) {
        Result result = alone(pixels);
        return result.bytes().orElseThrow(() -> new IllegalArgumentException(result.reason()));
    }

    private Result alone(byte[] pixels) {
        try {
            return together(List.of(pixels)).get(0);
        } catch (IllegalArgumentException e) {
            return new Result(Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    private List<Result> together(List<byte[]> images) {
        List<SizedImage> sized =
                images.stream().map(pixels -> new SizedImage(image, pixels)).toList();
        float[][] rows = whole ? backbone.features(sized) : backbone.tokens(sized);
        List<Result> results = new ArrayList<>(rows.length);
        for (float[] row : rows) {
            Check.that(
                    row.length == tokens.size(), "image", image, "gives " + row.length + " values, must be " + tokens);
            results.add(encoded(row));
        }
        return results;
    }

    private Result encoded(float[] row) {
        try {
            return new Result(Optional.of(HalfFloats.encode(row)), "");
        } catch (IllegalArgumentException e) {
            return new Result(Optional.empty(), "image=" + image + " gives " + e.getMessage());
        }
    }

    @Override
    public void close() {
        backbone.close();
    }
}
