package dev.levitstream.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.OptionReader;
import dev.levitstream.learner.LearnerMethod;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.levit.LevitOptions;
import dev.levitstream.learner.levit.NetworkOptions;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.model.KnowledgeFusion.Gates;
import dev.levitstream.nn.model.KnowledgeFusion.Level;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Parameter counts of the presets against those computed by hand from the article's sizes. */
class PublishedSizesTest {
    private static NetworkOptions paper(ImageShape shape) {
        OptionReader options = new OptionReader(Map.of("levit.preset", "paper"));
        LearnerMethod method = LearnerMethods.named("levit-dkf");
        return ((LevitOptions) method.read(options.under("levit"), shape, BackboneFile.NONE)).network();
    }

    private static int vit(ImageShape shape) {
        NetworkOptions network = paper(shape);
        return new ComponentNetwork(
                        new VisionTransformer(network.vit()),
                        Optional.empty(),
                        new KnowledgeFusion(Level.NONE, Gates.FIXED),
                        1,
                        0,
                        10)
                .layout()
                .size();
    }

    private static int vae(ImageShape shape) {
        ParameterLayout.Builder layout = new ParameterLayout.Builder();
        Vae.of(paper(shape).vae()).declare(layout);
        return layout.build().size();
    }

    @Test
    void smallGreyImagesHaveTheVitAndVaeOfTheArticle() {
        ImageShape mnist = new ImageShape(28, 28, 1);
        assertThat(vit(mnist)).isEqualTo(577_410);
        assertThat(vae(mnist)).isEqualTo(425_284);
    }

    @Test
    void smallColourImagesHaveTheVitAndVaeOfTheArticle() {
        ImageShape cifar = new ImageShape(32, 32, 3);
        assertThat(vit(cifar)).isEqualTo(2_614_510);
        assertThat(vae(cifar)).isEqualTo(10_668_819);
    }

    @Test
    void largerImagesKeepSixteenPatches() {
        assertThat(paper(new ImageShape(84, 84, 3)).vit().patches()).isEqualTo(16);
    }
}
