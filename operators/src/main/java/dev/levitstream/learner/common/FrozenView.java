package dev.levitstream.learner.common;

/**
 * What frozen components make of one image. They never change, so it is made once, when the image is judged, and kept
 * beside the image; derived, never stored.
 *
 * @param knowledge of the components that are fused, component by component; empty where nothing is fused
 * @param errors reconstruction error under each frozen component; empty unless the expansion criterion goes by it
 */
public record FrozenView(float[] knowledge, float[] errors) {
    /** Of a learner without frozen components. */
    public static final FrozenView NONE = new FrozenView(new float[0], new float[0]);

    /** Of an image that came from storage and was not used since: made when it is first needed. */
    public static final FrozenView NOT_MADE = new FrozenView(new float[0], new float[0]);

    @SuppressWarnings("ReferenceEquality") // a marker, not a value
    public boolean isMade() {
        return this != NOT_MADE;
    }
}
