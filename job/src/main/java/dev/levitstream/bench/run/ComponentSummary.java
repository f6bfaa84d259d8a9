package dev.levitstream.bench.run;

import dev.levitstream.common.ImageShape;
import dev.levitstream.data.Rescaling;
import dev.levitstream.learner.ComponentProfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * What a report shows of one component.
 *
 * @param component its number, from 1
 * @param imagesSeen images that it learnt from (count)
 * @param gates fusion weights, 0 to 1, empty where nothing is fused
 * @param samples images drawn by its VAE, as PNG in base64; empty strings where the images have other than 1 or 3
 *     channels
 */
public record ComponentSummary(int component, long imagesSeen, List<Double> gates, List<String> samples) {
    public ComponentSummary {
        gates = List.copyOf(gates);
        samples = List.copyOf(samples);
    }

    static ComponentSummary of(ComponentProfile profile, ImageShape shape) {
        List<Double> gates = new ArrayList<>();
        for (float gate : profile.gates()) {
            gates.add((double) gate);
        }
        return new ComponentSummary(
                profile.id(),
                profile.imagesSeen(),
                gates,
                profile.generated().stream().map(pixels -> png(pixels, shape)).toList());
    }

    private static String png(byte[] pixels, ImageShape shape) {
        if (shape.channels() != 1 && shape.channels() != 3) {
            return "";
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(Rescaling.picture(pixels, shape), "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return Base64.getEncoder().encodeToString(out.toByteArray());
    }
}
