package dev.levitstream.picture;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The formats of pictures, each known by its first bytes. */
public enum PictureFormat {
    PNG("\\x89PNG\r\n\\x1A\n"),
    JPEG("\\xFF\\xD8\\xFF"),
    WEBP("RIFF....WEBP"),
    GIF("GIF8[79]a"),
    BMP("BM"),
    TIFF("II[*+]\\x00|MM\\x00[*+]"); // with BigTIFF, to be refused by name

    private static final int LONGEST = 12;

    private final Pattern signature; // a character for each byte

    PictureFormat(String signature) {
        this.signature = Pattern.compile(signature, Pattern.DOTALL);
    }

    /** Name in lower case, as messages have it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Tells a format by what the bytes hold.
     *
     * @throws PictureException if it is none of these
     */
    public static PictureFormat of(byte[] bytes) {
        String all = Arrays.stream(values()).map(PictureFormat::text).collect(Collectors.joining(", "));
        return in(bytes).orElseThrow(() -> new PictureException("format", "unknown", "must be one of " + all));
    }

    /**
     * Refuses bytes of another format by what they hold; the reason names both.
     *
     * @throws PictureException if they are of another one
     */
    public void requireIn(byte[] bytes) {
        Optional<PictureFormat> found = in(bytes);
        if (!found.equals(Optional.of(this))) {
            String other = found.map(PictureFormat::text).orElse("unknown");
            throw new PictureException("format", other, "must be " + text() + ", the encoding of the record");
        }
    }

    private static Optional<PictureFormat> in(byte[] bytes) {
        String start = new String(bytes, 0, Math.min(bytes.length, LONGEST), StandardCharsets.ISO_8859_1);
        return Arrays.stream(values())
                .filter(format -> format.signature.matcher(start).lookingAt())
                .findFirst();
    }

    /** Walks a picture of this format. */
    Structure structure(byte[] bytes, PictureLimits limits) {
        return switch (this) {
            case PNG -> PngStructure.of(bytes, limits);
            case JPEG -> JpegStructure.of(bytes, limits);
            case WEBP -> WebpStructure.of(bytes, limits);
            case GIF -> GifStructure.of(bytes, limits);
            case BMP -> BmpStructure.of(bytes, limits);
            case TIFF -> TiffStructure.of(bytes, limits);
        };
    }
}
