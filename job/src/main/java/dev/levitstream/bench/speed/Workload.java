package dev.levitstream.bench.speed;

import dev.levitstream.common.ImageShape;
import dev.levitstream.job.JobOptions;
import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * What {@link Contestant}s work on, the same for all: random images of MNIST's size, a new component each turn.
 *
 * @param images of a key in a turn (count), some mini-batches
 */
public record Workload(int images) {
    static final ImageShape SHAPE = new ImageShape(28, 28, 1);
    static final int SLOTS = 2;
    private static final int CLASSES = 10;

    /** Options of the job and its learners, with others beside them. */
    public JobOptions options(Map<String, String> others) {
        Map<String, String> all = new HashMap<>(others);
        all.put("image", SHAPE.toString());
        all.put("levit.expansion.max-images", Integer.toString(images));
        return OptionCatalogue.read(all);
    }

    /** A key for each of {@value #SLOTS} slots. */
    public List<String> keys() {
        return keys(SLOTS, options(Map.of()).maxParallelism());
    }

    /**
     * Keys that {@value #SLOTS} slots share by turns.
     *
     * @param count of keys
     * @param most parallelism ever of the job
     */
    static List<String> keys(int count, int most) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; keys.size() < count; i++) {
            String key = "camera-" + i;
            if (KeyGroupRangeAssignment.assignKeyToParallelOperator(key, most, SLOTS) == keys.size() % SLOTS) {
                keys.add(key);
            }
        }
        return keys;
    }

    /** An image of random pixels with its label. */
    public static LabelledImage image(long number) {
        byte[] pixels = new byte[SHAPE.size()];
        new SplittableRandom(number).nextBytes(pixels);
        return new LabelledImage(pixels, Optional.of("label-" + number % CLASSES));
    }

    /** The same as a record, raw. */
    static ImageRecord record(String key, long number, Instant time) {
        LabelledImage image = image(number);
        return new ImageRecord(
                key,
                Long.toString(number),
                time,
                SHAPE.height(),
                SHAPE.width(),
                SHAPE.channels(),
                Encoding.RAW,
                ByteBuffer.wrap(image.pixels()),
                image.label().orElseThrow());
    }
}
