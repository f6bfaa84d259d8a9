package dev.levitstream.nn.backbone;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.TokenShape;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * A backbone as settings carry it: which file, what was found in it, and how it is used. A process elsewhere opens the
 * same backbone if it has the same file at that path.
 *
 * @param path absolute; empty for no backbone
 * @param sha256 of the file, in hexadecimal digits
 * @param width D, of the features
 * @param tokens T, that it makes of an image (count); 0 if it makes none
 * @param tokenWidth of a token; 0 if it makes none
 * @param options how it is used
 */
public record BackboneFile(String path, String sha256, int width, int tokens, int tokenWidth, BackboneOptions options)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    /** No backbone. */
    public static final BackboneFile NONE = new BackboneFile("", "", 0, 0, 0, BackboneOptions.DEFAULTS);

    /**
     * Opens a file to see what it is, and closes it again.
     *
     * @param image size of the images to come
     * @throws IllegalArgumentException in one line, if it is no backbone for such images
     */
    public static BackboneFile of(Path file, ImageShape image, BackboneOptions options) {
        Path absolute = file.toAbsolutePath().normalize();
        try (Backbone backbone = Backbone.open(absolute, image, options, "cpu")) {
            return new BackboneFile(
                    absolute.toString(),
                    backbone.sha256(),
                    backbone.width(),
                    backbone.tokenCount(),
                    backbone.tokenWidth(),
                    options);
        }
    }

    /** Whether there is one. */
    public boolean isGiven() {
        return !path.isEmpty();
    }

    /** Shape of the features of an image as a whole: one token. */
    public TokenShape wholeShape() {
        return new TokenShape(1, width);
    }

    /** Shape of the tokens of an image; {@link #wholeShape} if it makes none. */
    public TokenShape tokenShape() {
        return tokens > 0 ? new TokenShape(tokens, tokenWidth) : wholeShape();
    }

    /**
     * Opens it.
     *
     * @param device {@code cpu} or {@code gpuN}
     * @return to be closed by the caller
     * @throws IllegalArgumentException in one line, if it is missing here or is another file
     */
    public Backbone open(ImageShape image, String device) {
        Backbone backbone = Backbone.open(Path.of(path), image, options, device);
        if (!backbone.sha256().equals(sha256)) {
            String found = backbone.sha256();
            backbone.close();
            throw new IllegalArgumentException("backbone=" + path + " has SHA-256 " + found + ", must have " + sha256
                    + " as where the job was started: the same file must be everywhere");
        }
        return backbone;
    }
}
