package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import java.util.Arrays;

/** From the samples of a PNG to colours: depth scaled to 0..255, what is transparent laid over a background. */
final class PngColours {
    private final PngHeader header;
    private int[] palette = {}; // 0xRRGGBB
    private byte[] alphas = {}; // of the palette's first colours
    private int[] transparent = {}; // samples of the one colour that is transparent, if there is one

    PngColours(PngHeader header) {
        this.header = header;
    }

    /** Reads the content of a PLTE chunk. */
    void palette(byte[] bytes, int from, int length) {
        int type = header.colourType();
        require(
                type != PngHeader.GREY && type != PngHeader.GREY_ALPHA,
                "PLTE",
                "present",
                "must not be in grey pictures");
        int most = type == PngHeader.PALETTE ? header.largest() + 1 : 256;
        require(
                length > 0 && length % 3 == 0 && length / 3 <= most,
                "PLTE",
                length + " bytes",
                "must have 1 to " + most + " colours of 3 bytes");
        palette = new int[length / 3];
        for (int i = 0; i < palette.length; i++) {
            int at = from + 3 * i;
            palette[i] = ((bytes[at] & 0xFF) << 16) | ((bytes[at + 1] & 0xFF) << 8) | (bytes[at + 2] & 0xFF);
        }
    }

    /** Reads the content of a tRNS chunk, behind the palette. */
    void transparency(byte[] bytes, int from, int length) {
        switch (header.colourType()) {
            case PngHeader.GREY -> transparent = key(bytes, from, length, 1);
            case PngHeader.RGB -> transparent = key(bytes, from, length, 3);
            case PngHeader.PALETTE -> {
                require(length <= palette.length, "tRNS", length + " bytes", "must be at most " + palette.length);
                alphas = Arrays.copyOfRange(bytes, from, from + length);
            }
            default -> throw new PictureException("tRNS", "present", "must not be beside an alpha channel");
        }
    }

    private static int[] key(byte[] bytes, int from, int length, int samples) {
        require(length == 2 * samples, "tRNS", length + " bytes", "must have " + 2 * samples);
        int[] key = new int[samples];
        for (int i = 0; i < samples; i++) {
            key[i] = JpegStructure.unsigned16(bytes, from + 2 * i);
        }
        return key;
    }

    /** Refuses a picture that has no palette and needs one. */
    void requireComplete() {
        boolean complete = header.colourType() != PngHeader.PALETTE || palette.length > 0;
        require(complete, "PLTE", "none", "must come before the data");
    }

    /** Whether every pixel is grey, whatever the background. */
    boolean isGrey() {
        return header.colourType() == PngHeader.GREY && transparent.length == 0;
    }

    /**
     * Colour of a pixel.
     *
     * @param background 0xRRGGBB
     * @return 0xRRGGBB
     */
    int rgb(int[] samples, int background) {
        return switch (header.colourType()) {
            case PngHeader.PALETTE -> ofPalette(samples[0], background);
            case PngHeader.GREY -> colour(samples, 0, 0, alpha(samples), background);
            case PngHeader.GREY_ALPHA -> colour(samples, 0, 0, samples[1], background);
            case PngHeader.RGB -> colour(samples, 1, 2, alpha(samples), background);
            default -> colour(samples, 1, 2, samples[3], background);
        };
    }

    private int ofPalette(int index, int background) {
        if (index >= palette.length) {
            throw new PictureException("palette index", index, "must be below " + palette.length);
        }
        return index < alphas.length ? Blend.over(palette[index], alphas[index] & 0xFF, background) : palette[index];
    }

    private int alpha(int[] samples) {
        boolean hidden = transparent.length > 0 && Arrays.equals(samples, transparent);
        return hidden ? 0 : header.largest();
    }

    private int colour(int[] samples, int green, int blue, int alpha, int background) {
        int largest = header.largest();
        return Blend.packed(
                Blend.over(samples[0], alpha, largest, background >> 16 & 0xFF),
                Blend.over(samples[green], alpha, largest, background >> 8 & 0xFF),
                Blend.over(samples[blue], alpha, largest, background & 0xFF));
    }
}
