package dev.levitstream.operator;

import dev.levitstream.learner.Evidence;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What speaks for a change, with its images by their ids.
 *
 * @param evidence as the learner knows it; empty where it knows none
 * @param began event time of the image at which it began; empty where that image is not known any more
 * @param before ids of images that are typical of those before, the most typical first
 * @param after the same of those since then
 */
record NamedEvidence(Optional<Evidence> evidence, Optional<Instant> began, List<String> before, List<String> after) {
    /** Evidence of a learner, told while the image that it observed last is the last of the trail. */
    static NamedEvidence of(Optional<Evidence> evidence, ImageTrail trail) throws Exception {
        if (evidence.isEmpty()) {
            return new NamedEvidence(evidence, Optional.empty(), List.of(), List.of());
        }
        Evidence known = evidence.get();
        Optional<ImageTrail.Image> first = known.images() > 0 ? trail.ago(known.images() - 1) : Optional.empty();
        return new NamedEvidence(
                evidence,
                first.map(image -> Instant.ofEpochMilli(image.eventTime())),
                ids(known.typicalBefore(), trail),
                ids(known.typicalAfter(), trail));
    }

    private static List<String> ids(List<Long> ages, ImageTrail trail) throws Exception {
        List<String> ids = new ArrayList<>();
        for (long age : ages) {
            trail.ago(age).ifPresent(image -> ids.add(image.id()));
        }
        return ids;
    }
}
