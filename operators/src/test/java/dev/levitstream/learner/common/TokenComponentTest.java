package dev.levitstream.learner.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.common.HalfFloats;
import dev.levitstream.common.TokenShape;
import dev.levitstream.learner.ComponentProfile;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.levit.NetworkOptions;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.model.ComponentNetwork;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.KnowledgeFusion.Gates;
import dev.levitstream.nn.model.KnowledgeFusion.Level;
import dev.levitstream.nn.model.Vae;
import dev.levitstream.nn.model.VisionTransformer;
import dev.levitstream.testing.TinyBackbone;
import dev.levitstream.testing.TinyLearners;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One component that looks at tokens of a backbone. */
class TokenComponentTest {
    private static final TokenShape TOKENS = new TokenShape(16, 24);
    private static final int ROWS = 3;

    @TempDir
    private Path dir;

    private ActiveComponent component() throws IOException {
        BackboneFile backbone = TinyBackbone.of(dir);
        LearnerOptions options = TinyBackbone.options("levit-dkf", backbone);
        NetworkOptions sizes = TinyLearners.levit(options).network();
        ComponentFactory factory = new ComponentFactory(
                options,
                new VisionTransformer(sizes.vit()),
                Optional.of(Vae.of(sizes.vae())),
                new KnowledgeFusion(Level.NONE, Gates.FIXED),
                TinyLearners.levit(options).training(),
                false);
        ComponentNetwork network = factory.network(0, 2);
        return ActiveComponent.fresh(1, factory, TinyLearners.COMPUTE, network, factory.parameters(5, 1, 0, 2));
    }

    /** Whose mean is what the VAE decodes, so that its code is that of the features. */
    @Test
    void whatItGeneratesAreTokensThatAreAllAlike() throws IOException {
        try (ActiveComponent component = component()) {
            float[] generated = component.generate(ROWS, new SplittableRandom(1));
            assertThat(generated).hasSize(ROWS * TOKENS.size());
            for (int row = 0; row < ROWS; row++) {
                int from = row * TOKENS.size();
                float[] first = Arrays.copyOfRange(generated, from, from + TOKENS.features());
                for (int token = 1; token < TOKENS.tokens(); token++) {
                    int at = from + token * TOKENS.features();
                    assertThat(Arrays.copyOfRange(generated, at, at + TOKENS.features()))
                            .isEqualTo(first);
                }
                assertThat(first).isNotEqualTo(Arrays.copyOf(generated, row == 0 ? 0 : TOKENS.features()));
            }
            assertThat(component.codes(generated, ROWS, Optional.empty())).hasSize(ROWS * 4);
        }
    }

    @Test
    void itsCodesAreThoseOfStandardisedTokensInAnyOrder() throws IOException {
        float[] values = new float[TOKENS.size()];
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-3, 3);
        }
        float[] turned = new float[values.length];
        for (int token = 0; token < TOKENS.tokens(); token++) {
            int to = (TOKENS.tokens() - 1 - token) * TOKENS.features();
            System.arraycopy(values, token * TOKENS.features(), turned, to, TOKENS.features());
        }
        try (ActiveComponent component = component()) {
            float[] codes = codes(component, values);
            float[] ofTurned = codes(component, turned);
            for (int i = 0; i < codes.length; i++) {
                assertThat(ofTurned[i]).isCloseTo(codes[i], within(1e-5f));
            }
            // what they are is seen by their attention, where they are by what comes after it
            assertThat(component.knowledge(List.of(HalfFloats.encode(values))).get(0))
                    .isNotEqualTo(component
                            .knowledge(List.of(HalfFloats.encode(turned)))
                            .get(0));
        }
    }

    private static float[] codes(Component component, float[] values) {
        float[] inputs = InputValues.of(TOKENS, List.of(HalfFloats.encode(values)));
        return component.codes(inputs, 1, Optional.empty());
    }

    @Test
    void noImageShowsTokens() throws IOException {
        try (ActiveComponent component = component()) {
            ComponentProfile profile = component.profile(2, new SplittableRandom(1));
            assertThat(profile.generated()).isEmpty();
            assertThat(profile.bodyParameters() + profile.vaeParameters())
                    .isEqualTo(component.network().layout().size());
        }
    }
}
