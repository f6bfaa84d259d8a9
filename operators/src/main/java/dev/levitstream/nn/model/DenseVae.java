package dev.levitstream.nn.model;

import static dev.levitstream.nn.model.Initializer.GLOROT;

import dev.levitstream.common.InputShape;
import dev.levitstream.common.TokenShape;
import dev.levitstream.nn.graph.Array;
import java.util.List;

/**
 * Fully connected VAE: encoder with tanh, std by exp, decoder with tanh, then ReLU, then a linear layer of values. Of
 * tokens it explains the mean, the features of the image as a whole.
 */
final class DenseVae implements Vae {
    private final VaeOptions options;
    /** T, and 1 for images, which are one whole. */
    private final int tokens;
    /** D. */
    private final int width;

    DenseVae(VaeOptions options) {
        this.options = options;
        InputShape input = options.input();
        this.tokens = input instanceof TokenShape seen ? seen.tokens() : 1;
        this.width = input.size() / tokens;
    }

    @Override
    public void declare(ParameterLayout.Builder layout) {
        List<Integer> hidden = options.hidden();
        int in = width;
        for (int i = 0; i < hidden.size(); i++) {
            Layers.declareLinear(layout, "vae.encode" + i, GLOROT, in, hidden.get(i));
            in = hidden.get(i);
        }
        Layers.declareLinear(layout, "vae.mean", GLOROT, in, options.latentWidth());
        Layers.declareLinear(layout, "vae.std", GLOROT, in, options.latentWidth());
        in = options.latentWidth();
        for (int i = 0; i < hidden.size(); i++) {
            int out = hidden.get(hidden.size() - 1 - i);
            Layers.declareLinear(layout, "vae.decode" + i, GLOROT, in, out);
            in = out;
        }
        Layers.declareLinear(layout, "vae.pixels", GLOROT, in, width);
    }

    @Override
    public Array explained(Array inputs) {
        return tokens == 1
                ? inputs.reshape(-1, width)
                : inputs.reshape(-1, tokens, width).sum(1).times(1.0 / tokens);
    }

    @Override
    public Posterior encode(Parameters p, Array images) {
        Array x = explained(images); // (B, D)
        for (int i = 0; i < options.hidden().size(); i++) {
            x = Layers.linear(p, "vae.encode" + i, x).tanh();
        }
        Array std = Layers.linear(p, "vae.std", x).exp();
        return new Posterior(Layers.linear(p, "vae.mean", x), std);
    }

    @Override
    public Array decode(Parameters p, Array codes) {
        Array x = codes;
        int layers = options.hidden().size();
        for (int i = 0; i < layers; i++) {
            Array linear = Layers.linear(p, "vae.decode" + i, x);
            boolean first = i == 0 && layers > 1;
            x = first ? linear.tanh() : linear.relu();
        }
        return Layers.linear(p, "vae.pixels", x);
    }

    @Override
    public int latentWidth() {
        return options.latentWidth();
    }
}
