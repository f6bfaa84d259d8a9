package dev.levitstream.cli;

import dev.levitstream.common.ImageShape;
import dev.levitstream.data.Dataset;
import dev.levitstream.data.Image;
import dev.levitstream.data.Phase;
import dev.levitstream.data.Sample;
import dev.levitstream.data.Skipped;
import dev.levitstream.embedded.Outgoing;
import dev.levitstream.embedded.StreamPublisher;
import dev.levitstream.picture.PictureSize;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The images of a demo on their way to the broker, as they are: the stream with labels, then the test without. */
final class DemoStream {
    /** How ids of test images start. */
    static final String TEST = "test-";

    /** Of images as learners see them: networks on pixels grow with their number (pixels). */
    static final int LARGEST_SIDE = 32;

    /** Of images for a backbone, whose networks were mostly trained on this size (pixels). */
    static final int LARGEST_SIDE_OF_BACKBONE = 224;

    private static final String TRAIN = "image-";

    private final Dataset dataset;
    private final ImageShape shape;
    private final Skipped skipped;
    private final Map<String, String> truth = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile boolean published;

    /**
     * A stream.
     *
     * @param shape at which they are learnt; the job fits them
     * @param skipped takes those that cannot be read
     */
    DemoStream(Dataset dataset, ImageShape shape, Skipped skipped) {
        this.dataset = dataset;
        this.shape = shape;
        this.skipped = skipped;
    }

    /**
     * What a demo learns at unless it is told: the size of the images if they have one and no side is longer than
     * allowed, else a square of that side; in grey if they are. One image of each label is looked at.
     *
     * @param longest side (pixels): {@link #LARGEST_SIDE}, or {@link #LARGEST_SIDE_OF_BACKBONE}
     * @throws IOException with one line, if none can be read
     */
    static ImageShape usualShape(Dataset dataset, int longest) throws IOException {
        Set<PictureSize> sizes = new HashSet<>();
        Set<String> seen = new HashSet<>();
        Skipped unreadable = new Skipped();
        for (Phase phase : dataset.train()) {
            for (Sample sample : phase.samples()) {
                String label = sample.label().orElse("");
                if (!seen.contains(label)) {
                    try {
                        sizes.add(sample.content().read().size());
                        seen.add(label);
                    } catch (IOException e) {
                        unreadable.add(String.valueOf(e.getMessage()));
                    }
                }
            }
        }
        if (sizes.isEmpty()) {
            throw new IOException(dataset.name() + " has no picture that can be read: "
                    + unreadable.line().orElse("it is empty"));
        }
        PictureSize one = sizes.iterator().next();
        if (sizes.size() == 1 && one.height() <= longest && one.width() <= longest) {
            return new ImageShape(one.height(), one.width(), one.channels());
        }
        boolean isGrey = sizes.stream().allMatch(size -> size.channels() == 1);
        return new ImageShape(longest, longest, isGrey ? 1 : 3);
    }

    ImageShape shape() {
        return shape;
    }

    /** Label of every image that was published, by id; thread-safe. */
    Map<String, String> truth() {
        return truth;
    }

    /** What was skipped, in one line; empty if nothing was. */
    Optional<String> skipped() {
        return skipped.line();
    }

    /**
     * Whether all was published.
     *
     * @throws Exception what went wrong, if it did
     */
    boolean isPublished() throws Exception {
        Exception failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        return published;
    }

    /** Publishes all of it. */
    void publish(StreamPublisher publisher, DemoView view) {
        try {
            for (Phase phase : dataset.train()) {
                view.begins(phase, publisher.published());
                for (Sample sample : phase.samples()) {
                    publish(sample, TRAIN, true, publisher);
                }
            }
            for (Sample sample : dataset.test()) {
                publish(sample, TEST, false, publisher);
            }
            published = true;
        } catch (IOException | RuntimeException e) {
            failure.set(e);
        }
    }

    private void publish(Sample sample, String prefix, boolean labelled, StreamPublisher publisher) throws IOException {
        Image image;
        try {
            image = sample.content().read();
        } catch (IOException e) {
            skipped.add(String.valueOf(e.getMessage()));
            return;
        }
        long number = publisher.published();
        String id = String.format("%s%06d", prefix, number);
        truth.put(id, sample.label().orElseThrow()); // a demo's data has labels
        Optional<String> told = labelled ? sample.label() : Optional.empty();
        publisher.publish(image, new Outgoing(id, told, Instant.ofEpochMilli(publisher.eventTime(number))));
    }
}
