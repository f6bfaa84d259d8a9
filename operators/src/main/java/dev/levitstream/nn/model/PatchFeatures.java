package dev.levitstream.nn.model;

import dev.levitstream.common.ImageShape;

/**
 * Features of an image by fixed filters over its contrast-normalised patches, rectified and averaged over a 3 x 3 grid
 * (single-layer networks of Coates, Ng and Lee 2011): f_k = max(0, v_k . q + b_k), a feature is the mean of f_k over
 * the places of one cell, or its square root ({@link PatchFilters#rooted}). What does not change cannot be forgotten,
 * so statistics over these features stay exact for ever, in whatever order images come.
 */
public final class PatchFeatures implements FeatureMap {
    /** Features of one filter: one for each cell. */
    public static final int PER_FILTER = PatchGrid.CELLS;

    private final ImageShape image;
    private final PatchGrid grid;
    private final int[] places;
    private final PatchFilters filters;
    private final boolean mirrored;

    /**
     * @param image shape of the images
     * @param mirrored whether features are the mean of those of the image and of its mirror image
     */
    public PatchFeatures(ImageShape image, PatchFilters filters, boolean mirrored) {
        this.image = image;
        this.grid = new PatchGrid(image);
        this.places = grid.placesByCell();
        this.filters = filters;
        this.mirrored = mirrored;
    }

    @Override
    public int width() {
        return PatchGrid.CELLS * filters.count();
    }

    /** Values are at least 0. */
    @Override
    public float[] of(byte[] pixels) {
        grid.requireSize(pixels);
        float[] features = new float[width()];
        add(pixels, features);
        if (mirrored) {
            add(mirror(pixels), features);
        }
        int views = mirrored ? 2 : 1;
        for (int i = 0; i < features.length; i++) {
            float mean = features[i] / Math.max(1, places[i / filters.count()] * views);
            features[i] = filters.rooted() ? (float) Math.sqrt(mean) : mean;
        }
        return features;
    }

    private void add(byte[] pixels, float[] features) {
        float[] patch = new float[grid.values()];
        float[] responses = new float[filters.count()];
        for (int place = 0; place < grid.places(); place++) {
            float scale = grid.gather(pixels, place, patch);
            respond(patch, scale, responses);
            int from = grid.cell(place) * responses.length;
            for (int k = 0; k < responses.length; k++) {
                features[from + k] += Math.max(0, responses[k]);
            }
        }
    }

    private byte[] mirror(byte[] pixels) {
        byte[] mirrored = new byte[pixels.length];
        int channels = image.channels();
        int pixelsInRow = image.width();
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < pixelsInRow; x++) {
                int from = (y * pixelsInRow + x) * channels;
                int to = (y * pixelsInRow + pixelsInRow - 1 - x) * channels;
                System.arraycopy(pixels, from, mirrored, to, channels);
            }
        }
        return mirrored;
    }

    /** Three values of a patch at a time, so that a response is fetched seldom; a patch has mostly nine or more. */
    private void respond(float[] patch, float scale, float[] responses) {
        float[][] weights = filters.weights();
        System.arraycopy(filters.biases(), 0, responses, 0, responses.length);
        int i = 0;
        for (; i + 3 <= patch.length; i += 3) {
            float a = patch[i] * scale;
            float b = patch[i + 1] * scale;
            float c = patch[i + 2] * scale;
            float[] ofA = weights[i];
            float[] ofB = weights[i + 1];
            float[] ofC = weights[i + 2];
            for (int k = 0; k < responses.length; k++) {
                responses[k] = responses[k] + a * ofA[k] + b * ofB[k] + c * ofC[k];
            }
        }
        for (; i < patch.length; i++) {
            float value = patch[i] * scale;
            float[] weight = weights[i];
            for (int k = 0; k < responses.length; k++) {
                responses[k] += value * weight[k];
            }
        }
    }
}
