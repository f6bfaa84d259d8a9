package dev.levitstream.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.OptionReader;
import dev.levitstream.common.TokenShape;
import dev.levitstream.learner.levit.LevitOptions;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.backbone.BackboneOptions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** LEViT's options where a backbone is given. */
class TokenOptionsTest {
    private static final ImageShape COLOUR = new ImageShape(32, 32, 3);

    private static LevitOptions read(BackboneFile file, String... keysAndValues) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            given.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return (LevitOptions) LearnerMethods.named("levit-dkf").read(new OptionReader(given), COLOUR, file);
    }

    private static BackboneFile of(int tokens, int width) {
        return new BackboneFile("/some/file.pt", "00", 320, tokens, width, BackboneOptions.DEFAULTS);
    }

    @Test
    void whereAFileIsGivenItsTokensAreWhatComponentsLookAt() {
        TokenShape tokens = new TokenShape(16, 320);
        LevitOptions own = read(of(16, 320));
        assertThat(own.input(COLOUR)).isEqualTo(tokens);
        assertThat(own.backbone()).isEqualTo(of(16, 320));
        assertThat(own.network().vit().input()).isEqualTo(tokens);
        assertThat(own.network().vae().input()).isEqualTo(tokens);
        assertThat(own.routing().features().width(tokens)).isEqualTo(640);
        assertThat(read(of(16, 320), "preset", "paper").input(COLOUR)).isEqualTo(tokens);
        assertThat(read(of(16, 320), "routing.router", "vae").backbone()).isEqualTo(of(16, 320));
        // a file without tokens: one of the image as a whole
        assertThat(read(of(0, 0)).input(COLOUR)).isEqualTo(new TokenShape(1, 320));

        LevitOptions pixels = read(of(16, 320), "routing.features", "learnt");
        assertThat(pixels).isEqualTo(read(BackboneFile.NONE));
        assertThat(pixels.input(COLOUR)).isEqualTo(COLOUR);
        assertThat(pixels.backbone()).isEqualTo(BackboneFile.NONE);
    }

    @Test
    void whatIsForPixelsAloneIsRefusedOfTokens() {
        BackboneFile file = of(16, 320);
        assertThatThrownBy(() -> read(file, "vit.patch", "2"))
                .hasMessage("vit.patch=2 must be 1 for tokens of a backbone");
        assertThatThrownBy(() -> read(file, "vae.channels", "8,8", "vae.hidden", "9"))
                .hasMessage("vae.channels=[8, 8] must be empty for tokens of a backbone");
        assertThatThrownBy(() -> read(file, "training.augmentation", "strong"))
                .hasMessage("training.augmentation=STRONG must be none for tokens of a backbone, which are no pixels");
    }

    @Test
    void whatALearnerOfTokensNeedsIsKnownBeforehand() {
        long larger = mib(read(of(16, 320), "memory.capacity", "11000"));
        // 10,000 images more of 16 x 320 half floats
        assertThat(larger - mib(read(of(16, 320)))).isBetween(97L, 98L);
        LearnerOptions many = LearnerOptions.of("levit-dkf", COLOUR, 10, 1, 0, 1000, 64, 0, read(of(1024, 384)));
        assertThatThrownBy(many::requireFit)
                .hasMessageStartingWith("input=1024 tokens of 384 must need at most learner.max-mib=64 ")
                .hasMessageEndingWith(
                        ": the backbone makes 1024 tokens, give one that makes fewer, or a smaller backbone.size");
    }

    /** Estimate of a learner with such settings (MiB). */
    private static long mib(LevitOptions own) {
        LearnerOptions options = LearnerOptions.of("levit-dkf", COLOUR, 10, 1, 0, 1000, 64, 0, own);
        return LearnerMethods.named("levit-dkf").footprint(options).mib();
    }
}
