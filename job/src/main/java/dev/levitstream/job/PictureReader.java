package dev.levitstream.job;

import dev.levitstream.common.OptionReader;
import dev.levitstream.picture.Fit;
import dev.levitstream.picture.PictureOptions;

/** How pictures become images, and what they may cost. */
final class PictureReader {
    private PictureReader() {}

    static PictureOptions read(OptionReader r) {
        PictureOptions base = PictureOptions.DEFAULT;
        Fit fit = r.free()
                .choice(
                        "image.fit",
                        base.fit(),
                        "how pictures of another size become images, by area averaging: all of it stretched, its middle,"
                                + " all of it with background beside it, or not at all (a dead letter)");
        String background = r.free()
                .text(
                        "image.background",
                        "%06x".formatted(base.background()),
                        "colour RRGGBB, 000000 to ffffff",
                        "what lies under transparent pixels and beside pictures (fit contain)")
                .trim();
        if (!background.matches("[0-9a-fA-F]{6}")) {
            throw new IllegalArgumentException(
                    "image.background=" + background + " must be a colour RRGGBB, as in 808080");
        }
        return new PictureOptions(
                fit,
                Integer.parseInt(background, 16),
                r.free()
                        .integer(
                                "image.max-bytes",
                                base.maxBytes(),
                                "bytes, at least 1",
                                "longest encoded picture; a longer one is a dead letter"),
                r.free()
                        .integer(
                                "image.max-pixels",
                                base.maxPixels(),
                                "pixels, 1 to 268435456",
                                "largest picture, in a format that costs no more than a JPEG; each takes up to 4 bytes a pixel"
                                        + " while it is decoded"));
    }
}
