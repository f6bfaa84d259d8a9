package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.imageio.ImageReader;

/** A GIF, walked block by block to the end of its first frame, which lies on the screen that the header declares. */
final class GifStructure implements Structure {
    private static final int HEADER = 13;
    private static final int TABLE = 0x80; // bit of a flag byte: a colour table follows
    private static final int EXTENSION = 0x21;
    private static final int CONTROL = 0xF9; // which colour of the next frame is transparent
    private static final int FRAME = 0x2C;
    private static final int END = 0x3B;

    private final Bytes in;
    private final byte[] bytes;
    private final Canvas canvas;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private int at;
    private boolean grey;

    private GifStructure(byte[] bytes, PictureLimits limits) {
        this.bytes = bytes;
        this.in = new Bytes(bytes, ByteOrder.LITTLE_ENDIAN);
        int width = in.unsigned16(6);
        int height = in.unsigned16(8);
        limits.requirePixels(height, width);
        this.at = table(HEADER, in.unsigned8(10));
        kept.write(bytes, 0, at);
        int frame = untilFrame();
        this.canvas = new Canvas(height, width, in.unsigned16(frame + 3), in.unsigned16(frame + 1));
        frame(frame);
        kept.write(END);
    }

    /**
     * Walks a GIF.
     *
     * @param bytes begin with the signature; borrowed
     * @throws PictureException if it breaks a rule, is cut, or costs too much
     */
    static GifStructure of(byte[] bytes, PictureLimits limits) {
        return new GifStructure(bytes, limits);
    }

    /** Where the colour table at a place ends, if there is one; takes note whether it is grey. */
    private int table(int from, int flags) {
        if ((flags & TABLE) == 0) {
            return from;
        }
        int colours = 2 << (flags & 7);
        in.within(from, 3L * colours);
        grey = true;
        for (int i = from; i < from + 3 * colours; i += 3) {
            grey &= bytes[i] == bytes[i + 1] && bytes[i] == bytes[i + 2];
        }
        return from + 3 * colours;
    }

    /** Goes over extensions; returns where the frame begins. */
    private int untilFrame() {
        byte[] control = {};
        while (in.unsigned8(at) == EXTENSION) {
            int start = at;
            boolean isControl = in.unsigned8(at + 1L) == CONTROL;
            at = blocks(at + 2);
            if (isControl) {
                control = Arrays.copyOfRange(bytes, start, at);
            }
        }
        require(in.unsigned8(at) == FRAME, "block", in.unsigned8(at), "must be an extension or the first frame");
        kept.writeBytes(control);
        return at;
    }

    private void frame(int start) {
        int width = in.unsigned16(start + 5L);
        int height = in.unsigned16(start + 7L);
        require(width > 0 && height > 0, "frame", height + "x" + width, "must be positive");
        canvas.requireWithin(height, width);
        int codes = table(start + 10, in.unsigned8(start + 9L));
        int size = in.unsigned8(codes);
        require(size >= 1 && size <= 8, "code size", size, "must be 1 to 8");
        at = blocks(codes + 1);
        kept.write(bytes, start, at - start);
    }

    /** Goes over blocks of data; returns where they end. */
    private int blocks(int from) {
        int next = from;
        int length = in.unsigned8(next);
        while (length > 0) {
            next += 1 + length;
            length = in.unsigned8(next);
        }
        return next + 1;
    }

    @Override
    public int height() {
        return canvas.height();
    }

    @Override
    public int width() {
        return canvas.width();
    }

    @Override
    public boolean isGrey() {
        return grey;
    }

    @Override
    public Rows rows(int background) {
        ImageReader reader = StrictReader.ofJdk("gif");
        return new ImageRows(
                StrictReader.image(reader, kept.toByteArray(), warning -> false).image(), false, canvas, background);
    }
}
