package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import java.util.List;
import java.util.Set;

/** The first page of a TIFF. */
final class TiffStructure implements Structure {
    private static final int RAW = 1;
    private static final int LZW = 5;
    private static final int JPEG = 7;
    /** None, three fax codes, LZW, JPEG, deflate under two numbers, PackBits. */
    private static final Set<Integer> COMPRESSIONS = Set.of(RAW, 2, 3, 4, LZW, JPEG, 8, 32946, 32773);

    private static final int INKS = 5;
    private static final int YCBCR = 6;
    /** White is zero, black is zero, RGB, palette, inks, YCbCr. */
    private static final Set<Integer> COLOURS = Set.of(0, 1, 2, 3, INKS, YCBCR);

    private static final Set<Integer> DEPTHS = Set.of(1, 2, 4, 8, 16);
    private static final long TALLEST = 1 << 16; // side of a tile
    private static final int RATIO = 512; // the reader refuses pictures of which a byte holds more
    private static final String SHORT_STRIP = "strip/tileByteCount < required"; // warned of at each last strip

    private final TiffDirectory directory;
    private final int height;
    private final int width;
    private final int compression;
    private final int colours;
    private final int depth;
    private final int samples;

    private TiffStructure(byte[] bytes, PictureLimits limits) {
        this.directory = new TiffDirectory(bytes);
        long rows = directory.value(TiffDirectory.HEIGHT);
        long columns = directory.value(TiffDirectory.WIDTH);
        limits.requirePixels(rows, columns);
        this.height = (int) rows;
        this.width = (int) columns;
        this.compression = oneOf(TiffDirectory.COMPRESSION, RAW, COMPRESSIONS, "compression");
        this.colours = oneOf(TiffDirectory.COLOURS, -1, COLOURS, "colours");
        this.samples = oneOf(TiffDirectory.SAMPLES, 1, Set.of(1, 2, 3, 4), "samples of a pixel");
        List<Long> bits = directory.values(TiffDirectory.BITS);
        require(bits.stream().distinct().count() <= 1, "bits of a sample", bits, "must be equal");
        this.depth = bits.isEmpty() ? 1 : Math.toIntExact(bits.get(0) & 0xFFFF);
        require(DEPTHS.contains(depth), "bits of a sample", depth, "must be 1, 2, 4, 8 or 16");
        require(
                directory.values(TiffDirectory.FORMAT).stream().allMatch(format -> format == 1),
                "format of samples",
                directory.values(TiffDirectory.FORMAT),
                "must be whole numbers from 0");
        oneOf(TiffDirectory.PREDICTOR, 1, Set.of(1, 2), "predictor");
        require(colours != INKS || samples == 4, "samples of a pixel", samples, "must be 4 inks");
        requireData(limits, bytes.length);
    }

    /**
     * Reads the first directory of a TIFF.
     *
     * @param bytes begin with the signature; borrowed
     * @throws PictureException if it breaks a rule, is cut, or costs too much
     */
    static TiffStructure of(byte[] bytes, PictureLimits limits) {
        return new TiffStructure(bytes, limits);
    }

    private int oneOf(int tag, int otherwise, Set<Integer> known, String part) {
        long value = directory.value(tag, otherwise);
        require(known.stream().anyMatch(each -> each == value), part, value, "must be one of " + sorted(known));
        return (int) value;
    }

    private static List<Integer> sorted(Set<Integer> known) {
        return known.stream().sorted().toList();
    }

    /** Refuses strips or tiles that are missing, overlap, or hold more than the picture. */
    private void requireData(PictureLimits limits, int fileLength) {
        boolean tiled = directory.has(TiffDirectory.TILE_OFFSETS);
        long across = tiled ? directory.value(TiffDirectory.TILE_WIDTH) : width;
        long down = tiled
                ? directory.value(TiffDirectory.TILE_HEIGHT)
                : Math.min(height, directory.value(TiffDirectory.STRIP_ROWS, height));
        require(across > 0 && down > 0, "tile", down + "x" + across, "must be positive");
        require(!tiled || Math.max(across, down) <= TALLEST, "tile", down + "x" + across, "must be smaller");
        int planes = oneOf(TiffDirectory.PLANES, 1, Set.of(1, 2), "planes") == 1 ? 1 : samples;
        long rowBytes = (across * depth * (samples / planes) + 7) / 8;
        long columns = (width + across - 1) / across;
        long rows = (height + down - 1) / down;
        limits.requireValues(rows * down, columns * across, columns * rowBytes * planes);
        if (compression == LZW) {
            limits.requireLzw(rows * down, columns * across, columns * rowBytes * planes);
        }
        List<Long> offsets = directory.values(tiled ? TiffDirectory.TILE_OFFSETS : TiffDirectory.STRIP_OFFSETS);
        List<Long> lengths = directory.values(tiled ? TiffDirectory.TILE_LENGTHS : TiffDirectory.STRIP_LENGTHS);
        long count = rows * columns * planes;
        require(offsets.size() == count, "strips", offsets.size(), "must be " + count);
        require(lengths.size() == count, "lengths of strips", lengths.size(), "must be " + count);
        long sum = lengths.stream().mapToLong(Long::longValue).sum();
        require(sum <= fileLength, "strips", sum + " bytes", "must be at most those of the file, " + fileLength);
        for (int i = 0; i < count; i++) {
            long left = height - i % (rows * columns) / columns * down; // rows below the top of the strip
            long length = lengths.get(i);
            directory.requireRange(offsets.get(i), length);
            if (compression == RAW && colours != YCBCR) {
                long needed = rowBytes * (tiled ? down : Math.min(down, left));
                require(length >= needed, "strip " + i, length + " bytes", "must have " + needed);
            }
            if (compression == JPEG) {
                requireJpeg(directory.range(offsets.get(i), length), (int) across, (int)
                        (tiled ? down : Math.min(down, left)));
            }
        }
    }

    /** Refuses a JPEG in a strip that is none, of another size, or costs more than its size allows. */
    private void requireJpeg(byte[] strip, int across, int down) {
        PictureFormat.JPEG.requireIn(strip);
        JpegStructure jpeg = JpegStructure.of(strip, new PictureLimits(strip.length, across * down));
        require(
                jpeg.height() == down && jpeg.width() == across,
                "strip",
                jpeg.height() + "x" + jpeg.width(),
                "must be " + down + "x" + across);
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public Orientation orientation() {
        return Orientation.ofCode((int) directory.value(TiffDirectory.ORIENTATION, 1));
    }

    @Override
    public boolean isGrey() {
        return colours <= 1;
    }

    @Override
    public Rows rows(int background) {
        byte[] file = directory.alone(height * width / RATIO * samples * 2);
        StrictReader.Decoded decoded = StrictReader.image(
                new TIFFImageReaderSpi().createReaderInstance(null), file, warning -> warning.startsWith(SHORT_STRIP));
        return new ImageRows(decoded.image(), colours == INKS, new Canvas(height, width), background);
    }
}
