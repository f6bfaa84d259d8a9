package dev.levitstream.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.NetworkOptions;
import dev.levitstream.learner.Presets;
import dev.levitstream.nn.model.KnowledgeFusion.Gates;
import dev.levitstream.nn.model.KnowledgeFusion.Level;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Parameter counts of the presets against those computed by hand from the article's sizes. */
class PublishedSizesTest {
    private static int vit(ImageShape shape) {
        NetworkOptions network = Presets.PAPER.options(shape).network();
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
        Vae.of(Presets.PAPER.options(shape).network().vae()).declare(layout);
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
        assertThat(Presets.PAPER
                        .options(new ImageShape(84, 84, 3))
                        .network()
                        .vit()
                        .patches())
                .isEqualTo(16);
    }
}
