package dev.levitstream.operator;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is read of one Kafka record. Of key and headers the first {@link #KEPT_BYTES} are enough: where there are so
 * many, they are too long.
 *
 * @param source where it lies, with its value; or a notice, which has nothing else
 * @param key null where the record had none
 * @param imageId of the header {@link #IMAGE_ID}, null where there was none
 * @param label of the header {@link #LABEL}, null where there was none
 * @param eventTime of the header {@link #EVENT_TIME}, null where there was none
 */
public record ReceivedRecord(
        SourceRecord source,
        byte @Nullable [] key,
        byte @Nullable [] imageId,
        byte @Nullable [] label,
        byte @Nullable [] eventTime) {
    /** Most bytes that are kept of the key and of a header: one more than any text of theirs has in UTF-8 (count). */
    public static final int KEPT_BYTES = 3 * FrameDecoder.MAX_TEXT + 1;

    /** Header with the name of the image. */
    public static final String IMAGE_ID = "image-id";

    /** Header with the true class. */
    public static final String LABEL = "label";

    /** Header with the time at which the image was taken. */
    public static final String EVENT_TIME = "event-time";

    /** Names of all headers that are read. */
    public static final Set<String> HEADERS = Set.of(IMAGE_ID, LABEL, EVENT_TIME);

    /** A record whose value says everything, or a notice. */
    public static ReceivedRecord of(SourceRecord source) {
        return new ReceivedRecord(source, null, null, null, null);
    }
}
