package dev.levitstream.bench.run;

import java.util.List;

/**
 * How the stream went, one point every so many images.
 *
 * @param image number of each point's last image, from 0
 * @param accuracy test-then-train accuracy since the point before, 0 to 1
 * @param novelty mean smallest VAE loss since the point before, divided by the threshold; NaN where there is none
 * @param changes number of the first image of each task but the first
 */
public record StreamTrace(List<Long> image, List<Double> accuracy, List<Double> novelty, List<Long> changes) {
    public StreamTrace {
        image = List.copyOf(image);
        accuracy = List.copyOf(accuracy);
        novelty = List.copyOf(novelty);
        changes = List.copyOf(changes);
    }
}
