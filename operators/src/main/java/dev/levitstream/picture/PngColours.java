package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import java.util.Arrays;

/** From the samples of a PNG to colours: depth scaled to 0..255, what is transparent laid over black. */
final class PngColours {
    private static final int NONE = -1;

    private final PngHeader header;
    private int[] palette = {}; // 0xRRGGBB, over black
    private int[] transparent = {NONE, NONE, NONE}; // samples of the one colour that is transparent

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
                for (int i = 0; i < length; i++) {
                    palette[i] = overBlack(palette[i], bytes[from + i] & 0xFF);
                }
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

    private static int overBlack(int rgb, int alpha) {
        return packed(
                scaled(rgb >> 16, alpha, 255), scaled(rgb >> 8 & 0xFF, alpha, 255), scaled(rgb & 0xFF, alpha, 255));
    }

    /** Refuses a picture that has no palette and needs one. */
    void requireComplete() {
        boolean complete = header.colourType() != PngHeader.PALETTE || palette.length > 0;
        require(complete, "PLTE", "none", "must come before the data");
    }

    /** Colour of a pixel as 0xRRGGBB. */
    int rgb(int[] samples) {
        int largest = header.largest();
        return switch (header.colourType()) {
            case PngHeader.PALETTE -> ofPalette(samples[0]);
            case PngHeader.GREY -> scaled(samples[0], alpha(samples), largest) * 0x010101;
            case PngHeader.GREY_ALPHA -> scaled(samples[0], samples[1], largest) * 0x010101;
            case PngHeader.RGB -> colour(samples, alpha(samples), largest);
            default -> colour(samples, samples[3], largest);
        };
    }

    private int ofPalette(int index) {
        if (index >= palette.length) {
            throw new PictureException("palette index", index, "must be below " + palette.length);
        }
        return palette[index];
    }

    private int alpha(int[] samples) {
        return Arrays.equals(samples, transparent) ? 0 : header.largest();
    }

    private static int colour(int[] samples, int alpha, int largest) {
        return packed(
                scaled(samples[0], alpha, largest),
                scaled(samples[1], alpha, largest),
                scaled(samples[2], alpha, largest));
    }

    private static int packed(int red, int green, int blue) {
        return red << 16 | green << 8 | blue;
    }

    /** 255 · value/largest · alpha/largest, rounded to the nearest. */
    private static int scaled(int value, int alpha, int largest) {
        long whole = (long) largest * largest;
        return (int) ((510L * value * alpha + whole) / (2 * whole));
    }
}
