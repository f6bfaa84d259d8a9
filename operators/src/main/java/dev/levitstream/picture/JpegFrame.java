package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import java.util.ArrayList;
import java.util.List;

/**
 * Frame header of a JPEG.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param ids of its 1, 3 or 4 components, each different
 * @param sampling of each: how many samples it has across (high 4 bits) and down (low 4 bits) where another has fewer
 */
record JpegFrame(int height, int width, List<Integer> ids, List<Integer> sampling) {
    private static final int FIXED = 6;

    JpegFrame {
        ids = List.copyOf(ids);
        sampling = List.copyOf(sampling);
    }

    /** Reads what follows the length of an SOF segment. */
    static JpegFrame of(byte[] bytes, int from, int length) {
        require(length >= FIXED, "frame", length + " bytes", "must have at least " + FIXED);
        require(bytes[from] == 8, "precision", bytes[from] & 0xFF, "must be 8 bits");
        int height = JpegStructure.unsigned16(bytes, from + 1);
        int width = JpegStructure.unsigned16(bytes, from + 3);
        require(height > 0, "height", height, "must stand in the frame header (a DNL segment is not read)");
        require(width > 0, "width", width, "must be positive");
        int components = bytes[from + 5] & 0xFF;
        require(components == 1 || components == 3 || components == 4, "components", components, "must be 1, 3 or 4");
        require(
                length == FIXED + 3 * components,
                "frame",
                length + " bytes",
                "must have " + (FIXED + 3 * components) + " for " + components + " components");
        List<Integer> ids = new ArrayList<>();
        List<Integer> sampling = new ArrayList<>();
        for (int i = 0; i < components; i++) {
            int at = from + FIXED + 3 * i;
            ids.add(bytes[at] & 0xFF);
            sampling.add(bytes[at + 1] & 0xFF);
        }
        require(ids.stream().distinct().count() == components, "component ids", ids, "must differ");
        return new JpegFrame(height, width, ids, sampling);
    }

    /** Whether a component is stored with fewer samples than another. */
    boolean subsampled() {
        return sampling.stream().distinct().count() > 1;
    }

    /** Samples that a component is stored with. */
    long samples(int component) {
        int across = sampling.stream().mapToInt(s -> s >> 4).max().orElse(1);
        int down = sampling.stream().mapToInt(s -> s & 0xF).max().orElse(1);
        int own = sampling.get(component);
        return own == 0 ? 0 : (long) height * width * (own >> 4) * (own & 0xF) / ((long) across * down);
    }

    /** Values of the decoded picture. */
    long values() {
        return (long) height * width * ids.size();
    }
}
