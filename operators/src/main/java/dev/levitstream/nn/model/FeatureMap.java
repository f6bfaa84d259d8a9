package dev.levitstream.nn.model;

/** Features of one image that never change: the bits depend on that image alone. Immutable and thread-safe. */
public interface FeatureMap {
    /** Number of features. */
    int width();

    /** Features of one image: H W C unsigned bytes to {@link #width} values. */
    float[] of(byte[] pixels);
}
