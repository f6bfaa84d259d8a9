package dev.levitstream.nn.model;

import static dev.levitstream.nn.model.Initializer.GLOROT;

import dev.levitstream.nn.graph.Array;
import java.util.List;

/**
 * Convolutional VAE. Encoder: 3x3 convolutions of stride 2 with LeakyReLU, one fully connected layer, mean linear, std
 * by softplus. Decoder (ambiguity A15): one linear layer, then transposed 3x3 convolutions of stride 2 with ReLU that
 * mirror the encoder's sizes, then a 3x3 convolution to the channels and a sigmoid.
 */
final class ConvolutionalVae implements Vae {
    private final VaeOptions options;

    ConvolutionalVae(VaeOptions options) {
        this.options = options;
    }

    @Override
    public void declare(ParameterLayout.Builder layout) {
        List<Integer> channels = options.channels();
        int in = options.input().channels();
        for (int i = 0; i < channels.size(); i++) {
            Layers.declareConvolution(layout, "vae.encode" + i, in, channels.get(i));
            in = channels.get(i);
        }
        int hidden = options.hidden().get(0);
        Layers.declareLinear(layout, "vae.hidden", GLOROT, innermostSize(), hidden);
        Layers.declareLinear(layout, "vae.mean", GLOROT, hidden, options.latentWidth());
        Layers.declareLinear(layout, "vae.std", GLOROT, hidden, options.latentWidth());
        Layers.declareLinear(layout, "vae.spread", GLOROT, options.latentWidth(), innermostSize());
        for (int i = 0; i < channels.size(); i++) {
            Layers.declareConvTranspose(layout, "vae.decode" + i, in, decoderChannels(i));
            in = decoderChannels(i);
        }
        Layers.declareConvolution(layout, "vae.pixels", in, options.input().channels());
    }

    @Override
    public Array explained(Array inputs) {
        return inputs.reshape(-1, options.input().size());
    }

    @Override
    public Posterior encode(Parameters p, Array images) {
        Array x = images.transpose(0, 3, 1, 2); // (B, C, H, W)
        for (int i = 0; i < options.channels().size(); i++) {
            x = Layers.leakyRelu(Layers.halvingConvolution(p, "vae.encode" + i, x));
        }
        Array hidden = Layers.leakyRelu(Layers.linear(p, "vae.hidden", x.reshape(-1, innermostSize())));
        Array std = Layers.linear(p, "vae.std", hidden).softplus();
        return new Posterior(Layers.linear(p, "vae.mean", hidden), std);
    }

    @Override
    public Array decode(Parameters p, Array codes) {
        int depth = options.channels().size();
        Array x = Layers.linear(p, "vae.spread", codes)
                .reshape(-1, options.channels().get(depth - 1), height(depth), width(depth));
        for (int i = 0; i < depth; i++) {
            int level = depth - 1 - i;
            Array kernel = p.get("vae.decode" + i + ".weight");
            Array bias = p.get("vae.decode" + i + ".bias");
            x = x.convTranspose2d(kernel, bias, height(level), width(level)).relu();
        }
        Array pixels = Layers.convolution(p, "vae.pixels", x).sigmoid(); // (B, C, H, W)
        return pixels.transpose(0, 2, 3, 1).reshape(-1, options.input().size());
    }

    @Override
    public int latentWidth() {
        return options.latentWidth();
    }

    /**
     * Widths of the decoder: the encoder's from the innermost out, the innermost twice (512, 512, 256, 128 in the
     * article).
     */
    private int decoderChannels(int i) {
        List<Integer> channels = options.channels();
        return channels.get(Math.min(channels.size() - 1, channels.size() - i));
    }

    private int innermostSize() {
        int depth = options.channels().size();
        return options.channels().get(depth - 1) * height(depth) * width(depth);
    }

    private int height(int level) {
        return halved(options.input().height(), level);
    }

    private int width(int level) {
        return halved(options.input().width(), level);
    }

    /** Size after so many halvings, each rounded up. */
    private static int halved(int size, int times) {
        int result = size;
        for (int i = 0; i < times; i++) {
            result = (result + 1) / 2;
        }
        return result;
    }
}
