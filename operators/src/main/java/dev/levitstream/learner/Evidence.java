package dev.levitstream.learner;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What speaks for something that was noticed, as far as whoever noticed it knows. Images go by their age: how many
 * images the learner has observed after them (count).
 *
 * @param probability of such evidence if nothing of the kind had happened, 0 to 1; empty where nothing was tested
 * @param images that have come since the evidence began, its first one included (count)
 * @param typicalBefore ages of a few images that are typical of those before, the most typical first
 * @param typicalAfter the same of those since then
 */
public record Evidence(OptionalDouble probability, long images, List<Long> typicalBefore, List<Long> typicalAfter) {
    public Evidence {
        typicalBefore = List.copyOf(typicalBefore);
        typicalAfter = List.copyOf(typicalAfter);
    }

    /** Of which no image is typical. */
    public Evidence(OptionalDouble probability, long images) {
        this(probability, images, List.of(), List.of());
    }

    /** The same as it is seen once another image has been observed. */
    public Evidence later() {
        return new Evidence(probability, images + 1, older(typicalBefore), older(typicalAfter));
    }

    private static List<Long> older(List<Long> ages) {
        return ages.stream().map(age -> age + 1).toList();
    }
}
