package dev.levitstream.learner;

/**
 * What the J frozen components make of one image. They never change, so it is made once, when the image is judged, and
 * kept beside the image; derived, never stored.
 *
 * @param knowledge J times the fusion's knowledge width, component by component; empty where nothing is fused
 * @param errors reconstruction error under each of the J
 */
record FrozenView(float[] knowledge, float[] errors) {
    static final FrozenView NONE = new FrozenView(new float[0], new float[0]);
}
