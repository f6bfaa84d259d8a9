package dev.levitstream.embedded;

import java.time.Instant;
import java.util.Optional;

/**
 * What goes with an image to the broker.
 *
 * @param imageId name of the image, 1 to 256 characters
 * @param label true class, where it is known and told
 * @param eventTime when it was taken
 */
public record Outgoing(String imageId, Optional<String> label, Instant eventTime) {}
