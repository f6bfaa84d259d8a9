package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** A WebP, walked chunk by chunk; of an animated one the first frame is taken, on its canvas. */
final class WebpStructure implements Structure {
    private static final int HEADER = 8; // type and length of a chunk
    private static final int START = 12; // of the first chunk
    private static final int FRAME_HEADER = 16;
    private static final int HAS_ALPHA = 0x10; // flag of VP8X
    private static final int LOSSLESS = 0x2F;
    private static final int KEY_FRAME = 0x2A019D;
    private static final int RATIO = 2048; // the reader refuses pictures of which a byte holds more

    /** A chunk's content. */
    private record Chunk(String type, int from, int length) {
        static final Chunk NONE = new Chunk("", 0, 0);

        boolean exists() {
            return !type.isEmpty();
        }
    }

    private final byte[] bytes;
    private final Bytes in;
    private Chunk extended = Chunk.NONE;
    private Chunk frame = Chunk.NONE;
    private Chunk alpha = Chunk.NONE;
    private Chunk picture = Chunk.NONE;
    private int chunks;
    private Optional<Orientation> orientation = Optional.empty();
    private Canvas canvas = new Canvas(0, 0); // until the walk is done

    private WebpStructure(byte[] bytes) {
        this.bytes = bytes;
        this.in = new Bytes(bytes, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Walks a WebP.
     *
     * @param bytes begin with the signature; borrowed
     * @throws PictureException if it breaks a rule, is cut, or costs too much
     */
    static WebpStructure of(byte[] bytes, PictureLimits limits) {
        WebpStructure structure = new WebpStructure(bytes);
        long length = structure.in.unsigned32(4);
        structure.walk(START, HEADER + length);
        structure.finish(limits);
        return structure;
    }

    private void walk(long from, long to) {
        in.within(from, Math.max(0, to - from));
        int at = (int) from;
        while (at + HEADER <= to) {
            chunks++;
            PictureLimits.requireSegments("chunks", chunks);
            String type = new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
            long length = in.unsigned32(at + 4L);
            require(length <= to - at - HEADER, "chunk " + type, "cut", "must be whole");
            read(new Chunk(type, at + HEADER, (int) length));
            at = (int) Math.min(to, at + HEADER + length + (length & 1));
        }
    }

    private void read(Chunk chunk) {
        switch (chunk.type) {
            case "VP8X" -> extended = chunk;
            case "ANMF" -> {
                if (!frame.exists()) {
                    frame = chunk;
                    walk(chunk.from + (long) FRAME_HEADER, chunk.from + (long) chunk.length);
                }
            }
            case "ALPH" -> {
                if (!picture.exists()) {
                    alpha = chunk;
                }
            }
            case "VP8 ", "VP8L" -> {
                if (!picture.exists()) {
                    picture = chunk;
                }
            }
            case "EXIF" -> exif(chunk);
            default -> {} // profiles, other metadata, and what is not known
        }
    }

    private void exif(Chunk chunk) {
        int named = Orientation.EXIF.length; // some writers begin as in a JPEG
        boolean isNamed = chunk.length >= named
                && Arrays.equals(bytes, chunk.from, chunk.from + named, Orientation.EXIF, 0, named);
        int skipped = isNamed ? named : 0;
        if (orientation.isEmpty()) {
            orientation = Optional.of(Orientation.ofExif(bytes, chunk.from + skipped, chunk.length - skipped));
        }
    }

    private void finish(PictureLimits limits) {
        require(picture.exists(), "picture", "none", "must be a chunk VP8 or VP8L");
        int height = pictureHeight();
        int width = pictureWidth();
        canvas = extended.exists() ? canvas() : new Canvas(height, width);
        limits.requirePixels(canvas.height(), canvas.width());
        limits.requireWebp(canvas.height(), canvas.width());
        require(height > 0 && width > 0, "picture", height + "x" + width, "must be positive");
        canvas.requireWithin(height, width);
        boolean packed = !alpha.exists() || (in.unsigned8(alpha.from) & 3) == 1;
        require(packed, "alpha", "not compressed", "must be compressed");
    }

    private Canvas canvas() {
        int top = frame.exists() ? 2 * in.unsigned24(frame.from + 3L) : 0;
        int left = frame.exists() ? 2 * in.unsigned24(frame.from) : 0;
        return new Canvas(1 + in.unsigned24(extended.from + 7L), 1 + in.unsigned24(extended.from + 4L), top, left);
    }

    private boolean isLossless() {
        return picture.type.equals("VP8L");
    }

    private int pictureHeight() {
        return isLossless()
                ? 1 + (int) (in.unsigned32(picture.from + 1L) >> 14 & 0x3FFF)
                : in.unsigned16(picture.from + 8L) & 0x3FFF;
    }

    private int pictureWidth() {
        boolean sound =
                isLossless() ? in.unsigned8(picture.from) == LOSSLESS : in.unsigned24(picture.from + 3L) == KEY_FRAME;
        require(sound, "chunk " + picture.type, "unknown start", "must be of the standard");
        return isLossless()
                ? 1 + (int) (in.unsigned32(picture.from + 1L) & 0x3FFF)
                : in.unsigned16(picture.from + 6L) & 0x3FFF;
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
    public Orientation orientation() {
        return orientation.orElse(Orientation.UPRIGHT);
    }

    @Override
    public boolean isGrey() {
        return false;
    }

    @Override
    public Rows rows(int background) {
        boolean layered = alpha.exists() && !isLossless();
        int length = START + (layered ? HEADER + 10 + padded(alpha) : 0) + padded(picture);
        // zeros behind a lossless picture: what reads them has lost its end, and no picture is too small for its size
        int slack = isLossless() ? 64 + canvas.height() * canvas.width() * 4 / RATIO : 0;
        ByteBuffer file = ByteBuffer.allocate(length + slack).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.ISO_8859_1)).putInt(length - HEADER);
        file.put("WEBP".getBytes(StandardCharsets.ISO_8859_1));
        if (layered) {
            file.put("VP8X".getBytes(StandardCharsets.ISO_8859_1)).putInt(10).putInt(HAS_ALPHA);
            int width = pictureWidth() - 1;
            int height = pictureHeight() - 1;
            file.putShort((short) width).put((byte) 0).putShort((short) height).put((byte) 0);
            put(file, alpha);
        }
        put(file, picture);
        StrictReader.Decoded decoded =
                StrictReader.image(new WebPImageReaderSpi().createReaderInstance(null), file.array(), warning -> false);
        require(!isLossless() || decoded.read() <= length, "data", "cut", "must be whole");
        return new ImageRows(decoded.image(), false, canvas, background);
    }

    private static int padded(Chunk chunk) {
        return HEADER + chunk.length + (chunk.length & 1);
    }

    private void put(ByteBuffer file, Chunk chunk) {
        file.put(chunk.type.getBytes(StandardCharsets.ISO_8859_1)).putInt(chunk.length);
        file.put(bytes, chunk.from, chunk.length).position(file.position() + (chunk.length & 1));
    }
}
