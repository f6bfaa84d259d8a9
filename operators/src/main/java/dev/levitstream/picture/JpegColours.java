package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import java.util.List;
import java.util.OptionalInt;

/** How the components of a JPEG are colours. The arithmetic is libjpeg's, so that values are those of its tools. */
enum JpegColours {
    GREY {
        @Override
        int rgb(int[] samples) {
            return samples[0] * 0x010101;
        }
    },
    RGB {
        @Override
        int rgb(int[] samples) {
            return Blend.packed(samples[0], samples[1], samples[2]);
        }
    },
    YCBCR {
        @Override
        int rgb(int[] samples) {
            int luma = samples[0];
            int blue = samples[1] - 128;
            int red = samples[2] - 128;
            return Blend.packed(
                    within(luma + ((91_881 * red + HALF) >> 16)),
                    within(luma + ((-22_554 * blue - 46_802 * red + HALF) >> 16)),
                    within(luma + ((116_130 * blue + HALF) >> 16)));
        }
    },
    /** Amounts of ink. */
    CMYK {
        @Override
        int rgb(int[] samples) {
            return printed(255 - samples[0], 255 - samples[1], 255 - samples[2], 255 - samples[3]);
        }
    },
    /** What ink leaves of the light, as Adobe's programs store it. */
    ADOBE_CMYK {
        @Override
        int rgb(int[] samples) {
            return printed(samples[0], samples[1], samples[2], samples[3]);
        }
    },
    /** Ink amounts of {@link #ADOBE_CMYK} turned to luma and chroma; black is as it is there. */
    ADOBE_YCCK {
        @Override
        int rgb(int[] samples) {
            int light = YCBCR.rgb(samples);
            return printed(255 - (light >> 16 & 0xFF), 255 - (light >> 8 & 0xFF), 255 - (light & 0xFF), samples[3]);
        }
    };

    private static final int HALF = 1 << 15;
    private static final List<Integer> RGB_IDS = List.of((int) 'R', (int) 'G', (int) 'B');

    /** Colour of a pixel as 0xRRGGBB. */
    abstract int rgb(int[] samples);

    /** Whether colours are products of components, so that their means are not the means of components. */
    boolean isPrinted() {
        return this == CMYK || this == ADOBE_CMYK || this == ADOBE_YCCK;
    }

    /**
     * Decides as libjpeg does: JFIF means YCbCr, else Adobe's marker says it, else the component ids. But where a
     * component is subsampled, the ids R, G and B alone do not make it RGB: only chroma is ever subsampled.
     *
     * @param adobe colour transform of Adobe's marker, if there is one
     */
    static JpegColours of(JpegFrame frame, boolean jfif, OptionalInt adobe) {
        return switch (frame.ids().size()) {
            case 1 -> GREY;
            case 3 -> ofThree(frame, jfif, adobe);
            default -> ofFour(adobe);
        };
    }

    private static JpegColours ofThree(JpegFrame frame, boolean jfif, OptionalInt adobe) {
        if (jfif) {
            return YCBCR;
        }
        if (adobe.isPresent()) {
            requireTransform(adobe.getAsInt(), 1);
            return adobe.getAsInt() == 0 ? RGB : YCBCR;
        }
        return frame.ids().equals(RGB_IDS) && !frame.subsampled() ? RGB : YCBCR;
    }

    private static JpegColours ofFour(OptionalInt adobe) {
        if (adobe.isEmpty()) {
            return CMYK;
        }
        requireTransform(adobe.getAsInt(), 2);
        return adobe.getAsInt() == 0 ? ADOBE_CMYK : ADOBE_YCCK;
    }

    private static void requireTransform(int found, int other) {
        require(found == 0 || found == other, "adobe transform", found, "must be 0 or " + other);
    }

    private static int within(int value) {
        return Math.max(0, Math.min(255, value));
    }

    private static int printed(int red, int green, int blue, int black) {
        return Blend.packed(rounded(red * black), rounded(green * black), rounded(blue * black));
    }

    private static int rounded(int product) {
        return (2 * product + 255) / 510;
    }
}
