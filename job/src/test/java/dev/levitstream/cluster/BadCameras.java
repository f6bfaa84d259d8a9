package dev.levitstream.cluster;

import dev.levitstream.schema.ImageRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cameras that are out of order, each under a key of its own; what they send is an image, but an unlikely one. */
final class BadCameras {
    /** What all their keys start with. */
    static final String KEYS = "camera-";

    private static final byte[] GREY = pixels(90);
    private static final byte[] BLACK = pixels(0);
    private static final int SINGLE_EVERY = 16;

    private final TestImages images;

    BadCameras(TestImages images) {
        this.images = images;
    }

    /** What comes beside a round of good images. */
    List<Message> round(int number) {
        List<ImageRecord> round = new ArrayList<>(List.of(
                images.image(KEYS + "frozen", number, GREY, "one"),
                images.image(KEYS + "frozen-two-labels", number, GREY, "label-" + number % 2),
                images.image(KEYS + "black", number, BLACK, "night"),
                images.image(KEYS + "flickering", number, pixels(number % 2 * 255), "light"),
                relabelled(KEYS + "one-class", number, "only"),
                relabelled(KEYS + "new-labels", number, "new-" + number + "x".repeat(200)),
                at(KEYS + "microseconds", number, 1000),
                at(KEYS + "nanoseconds", number, 1_000_000),
                ahead(number)));
        if (number % SINGLE_EVERY == 0) {
            round.add(images.image(KEYS + "single-" + number, number)); // its only image ever
        }
        return round.stream()
                .map(image -> images.message(image, Message.Fate.EITHER))
                .toList();
    }

    private ImageRecord relabelled(String key, int number, String label) {
        ImageRecord image = images.image(key, number);
        image.setLabel(label);
        return image;
    }

    /** A camera whose clock counts more often than in milliseconds. */
    private ImageRecord at(String key, int number, long perMillisecond) {
        ImageRecord image = images.image(key, number);
        image.setEventTime(Instant.ofEpochMilli(image.getEventTime().toEpochMilli() * perMillisecond));
        return image;
    }

    private ImageRecord ahead(int number) {
        ImageRecord image = images.image(KEYS + "two-hours-ahead", number);
        image.setEventTime(image.getEventTime().plus(Duration.ofHours(2)));
        return image;
    }

    private static byte[] pixels(int value) {
        byte[] pixels = new byte[TestImages.SIDE * TestImages.SIDE];
        Arrays.fill(pixels, (byte) value);
        return pixels;
    }
}
