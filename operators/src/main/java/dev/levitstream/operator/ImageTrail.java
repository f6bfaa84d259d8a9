package dev.levitstream.operator;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.state.MapState;

/**
 * Which images the learner of the current key has observed last, so that those that it names by their age can be named
 * by their id. They lie in chunks of some {@value #CHUNK_BYTES} bytes: a full one is stored once and only read where an
 * image is asked for; the newest is stored with the key. With {@value #CHUNKS} chunks before it the trail takes at most
 * 620 kB. It is of 768 images at least, those of the longest ids; with ids of 30 characters it is of some 13,000.
 */
final class ImageTrail {
    private static final int CHUNK_BYTES = 1 << 12;
    private static final int CHUNKS = 128;

    private final MapState<Long, byte[]> full;
    private final ByteArrayOutputStream newest = new ByteArrayOutputStream();
    /** Number of the newest chunk. */
    private long number;

    /**
     * One image.
     *
     * @param eventTime milliseconds since 1970
     */
    record Image(String id, long eventTime) {}

    /**
     * The trail that a key's state holds.
     *
     * @param full of the current key, whichever that is; by number
     */
    ImageTrail(MapState<Long, byte[]> full, TrailChunk stored) {
        this.full = full;
        this.number = stored.number();
        newest.writeBytes(stored.images());
    }

    /** Adds the next image. */
    void add(Image image) throws Exception {
        DataOutputStream out = new DataOutputStream(newest);
        out.writeUTF(image.id());
        out.writeLong(image.eventTime());
        if (newest.size() >= CHUNK_BYTES) {
            full.put(number, newest.toByteArray());
            full.remove(number - CHUNKS);
            newest.reset();
            number++;
        }
    }

    /** The newest chunk, which is to be stored. */
    TrailChunk newest() {
        return new TrailChunk(number, newest.toByteArray());
    }

    /**
     * The image after which {@code age} others were added, if it is still known.
     *
     * @param age at least 0
     */
    Optional<Image> ago(long age) throws Exception {
        long left = age;
        byte[] chunk = newest.toByteArray();
        for (long at = number; chunk != null; chunk = full.get(--at)) {
            List<Image> images = read(chunk);
            if (left < images.size()) {
                return Optional.of(images.get(images.size() - 1 - (int) left));
            }
            left -= images.size();
        }
        return Optional.empty();
    }

    private static List<Image> read(byte[] chunk) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(chunk));
        List<Image> images = new ArrayList<>();
        while (in.available() > 0) {
            images.add(new Image(in.readUTF(), in.readLong()));
        }
        return images;
    }
}
