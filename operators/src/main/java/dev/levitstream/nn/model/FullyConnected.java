package dev.levitstream.nn.model;

import static dev.levitstream.nn.model.Initializer.SMALL_NORMAL;

import dev.levitstream.common.Check;
import dev.levitstream.common.InputShape;
import dev.levitstream.nn.graph.Array;
import java.util.List;

/** The fully connected net of the variant LEViT-DNN: pixels, then layers LeakyReLU(affine(linear)). */
public final class FullyConnected implements Body {
    private final InputShape input;
    private final List<Integer> hidden;

    /**
     * @param input shape of what it looks at
     * @param hidden widths of the layers, at least one; the last is the feature width F
     */
    public FullyConnected(InputShape input, List<Integer> hidden) {
        Check.that(
                !hidden.isEmpty() && hidden.stream().allMatch(width -> width > 0),
                "dnn.hidden",
                hidden,
                "must be widths of at least 1");
        this.input = input;
        this.hidden = List.copyOf(hidden);
    }

    @Override
    public void declare(ParameterLayout.Builder layout, int priorWidth) {
        int in = attendedWidth() + priorWidth;
        for (int i = 0; i < hidden.size(); i++) {
            Layers.declareLinear(layout, "dnn" + i, SMALL_NORMAL, in, hidden.get(i));
            Layers.declareAffine(layout, "dnn" + i, hidden.get(i));
            in = hidden.get(i);
        }
    }

    /** There is no attention: the pixels themselves, (B, H, W, C) -> (B, D). */
    @Override
    public Array attend(Parameters p, Array images) {
        return images.reshape(-1, attendedWidth());
    }

    @Override
    public Array features(Parameters p, Array attended) {
        Array x = attended;
        for (int i = 0; i < hidden.size(); i++) {
            x = Layers.leakyRelu(Layers.affine(p, "dnn" + i, Layers.linear(p, "dnn" + i, x)));
        }
        return x;
    }

    @Override
    public int attendedWidth() {
        return input.size();
    }

    @Override
    public int featureWidth() {
        return hidden.get(hidden.size() - 1);
    }

    @Override
    public int heads() {
        return 1;
    }
}
