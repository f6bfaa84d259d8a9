package dev.levitstream.cli;

import dev.levitstream.data.Image;
import dev.levitstream.data.ImageFeed;
import dev.levitstream.data.Skipped;
import dev.levitstream.embedded.Outgoing;
import dev.levitstream.embedded.StreamPublisher;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;
import org.apache.kafka.common.KafkaException;

/**
 * Publishes the images of a feed until it ends or the process is told to. Then the broker gets what was sent already,
 * and a line says from which image to go on.
 */
final class Publishing implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 15;
    private static final long MOMENT_MILLIS = 500;

    private final ImageFeed feed;
    private final StreamPublisher publisher;
    private final Skipped skipped;
    private final long from;
    private final Consumer<String> lines;
    private final List<Long> skippedAt = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean stopped;

    /**
     * @param feed owned
     * @param publisher owned
     * @param skipped takes what cannot be read
     * @param from place of the first image to publish; those before it were published earlier
     * @param lines takes those that say what was skipped, and how to go on
     */
    Publishing(ImageFeed feed, StreamPublisher publisher, Skipped skipped, long from, Consumer<String> lines) {
        this.feed = feed;
        this.publisher = publisher;
        this.skipped = skipped;
        this.from = from;
        this.lines = lines;
    }

    /**
     * Publishes; what each image is labelled with is drawn anew from the first on.
     *
     * @param unlabelled share of images that lose their label, 0 to 1
     * @return whether the feed came to its end
     * @throws IOException with one line that says how to go on, if the feed breaks or the broker takes no more
     */
    boolean run(ProgressBar bar, double unlabelled, SplittableRandom random) throws IOException {
        try (publisher;
                feed) {
            publish(bar, unlabelled, random);
            publisher.flush();
        } catch (IOException | KafkaException e) {
            if (!isStopped()) {
                boolean goesOn = feed.isRepeatable() && next() > 0;
                throw new IOException(e.getMessage() + (goesOn ? "; " + place() : ""), e);
            }
        } finally {
            bar.close();
            skipped.line().ifPresent(lines);
            if (stopped) {
                lines.accept("interrupted " + place());
            }
            over.countDown();
        }
        return !stopped;
    }

    /** Ctrl-C reaches ffmpeg, too, and may have ended it before this process knows. */
    private boolean isStopped() {
        try {
            return stopping.await(MOMENT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return stopped;
        }
    }

    private void publish(ProgressBar bar, double unlabelled, SplittableRandom random) throws IOException {
        long place = 0;
        for (Optional<ImageFeed.Item> next = feed.next(); next.isPresent() && !stopped; next = feed.next(), place++) {
            boolean labelled = StreamPublisher.keepsLabel(random, unlabelled);
            if (place >= from) {
                publish(next.get(), labelled, place);
            }
            bar.step();
        }
    }

    private void publish(ImageFeed.Item item, boolean labelled, long place) throws IOException {
        Image image;
        try {
            image = item.sample().content().read();
        } catch (IOException e) {
            skipped.add(String.valueOf(e.getMessage()));
            skippedAt.add(place);
            return;
        }
        Instant time =
                item.eventTime().orElseGet(() -> Instant.ofEpochMilli(publisher.eventTime(publisher.published())));
        Optional<String> label = labelled ? item.sample().label() : Optional.empty();
        publisher.publish(image, new Outgoing(item.imageId(), label, time));
    }

    /** Place of the first image that is still to be published. */
    private long next() {
        long next = from + publisher.accepted();
        synchronized (skippedAt) {
            for (long place : skippedAt) { // in ascending order
                next += place <= next ? 1 : 0;
            }
        }
        return next;
    }

    /** How far it is, and how to go on from there. */
    private String place() {
        long next = next();
        String of = feed.count().isPresent() ? " of " + feed.count().getAsLong() : "";
        return "after " + next + of + " images" + (feed.isRepeatable() ? "; --from " + next + " goes on" : "");
    }

    /** Ends it from another thread, and waits until it has ended or a broker has kept it too long. */
    @Override
    public void close() throws InterruptedException {
        stopped = true;
        stopping.countDown();
        publisher.hurry();
        feed.close();
        if (!over.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            lines.accept("interrupted " + place() + " (the broker does not answer)");
        }
    }
}
