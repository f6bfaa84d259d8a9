package dev.levitstream.learner.linear;

import dev.levitstream.common.ImageShape;
import dev.levitstream.nn.backbone.Backbone;
import dev.levitstream.nn.backbone.SizedImage;
import dev.levitstream.nn.engine.NumericException;
import dev.levitstream.nn.model.FeatureMap;
import java.util.List;

/** Features that a backbone makes of an image, each by itself. An image that it fails on is the trouble of its key. */
final class BackboneFeatures implements FeatureMap {
    private final Backbone backbone;
    private final ImageShape image;

    /**
     * @param backbone borrowed
     * @param image shape of the images
     */
    BackboneFeatures(Backbone backbone, ImageShape image) {
        this.backbone = backbone;
        this.image = image;
    }

    @Override
    public int width() {
        return backbone.width();
    }

    @Override
    public float[] of(byte[] pixels) {
        List<SizedImage> alone = List.of(new SizedImage(image, pixels));
        try {
            return backbone.features(alone)[0];
        } catch (IllegalArgumentException e) {
            throw new NumericException("the backbone has no features of an image: " + e.getMessage(), e);
        }
    }
}
