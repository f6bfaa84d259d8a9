package dev.levitstream.learner;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a unit of work did.
 *
 * @param kind what it was, as in {@code update}
 * @param samples images learnt from (count); 0 for work that learns from none, such as a check
 * @param losses value of each loss by name, before the update, averaged over the samples
 * @param finite whether all numbers were finite; if not, parameters stayed as they were
 * @param expansion the expansion that it led to, if any
 * @param expansionRefused whether the world was found new but the method has no room for a component, and can make none
 * @param notices what was noticed besides
 */
public record WorkReport(
        String kind,
        int samples,
        SortedMap<String, Double> losses,
        boolean finite,
        Optional<Expansion> expansion,
        boolean expansionRefused,
        List<LearnerNotice> notices) {
    /** Kind of an optimizer update. */
    public static final String UPDATE = "update";

    /** Loss of a classifier: mean negative log-likelihood of the labels (nats). */
    public static final String CROSS_ENTROPY = "cross-entropy";

    /** Loss of a VAE: mean over images of squared error and weighted divergence (squared pixel units). */
    public static final String VAE = "vae";

    public WorkReport {
        losses = new TreeMap<>(losses);
        notices = List.copyOf(notices);
    }

    /** Of an optimizer update. */
    public static WorkReport ofUpdate(int samples, Map<String, Double> losses) {
        boolean finite = losses.values().stream().allMatch(Double::isFinite);
        return new WorkReport(UPDATE, samples, new TreeMap<>(losses), finite, Optional.empty(), false, List.of());
    }

    /** Of work without samples or losses. */
    public static WorkReport of(String kind) {
        return ofExpansion(kind, Optional.empty(), false);
    }

    /** Of a check whether to expand; what merged is noticed. */
    public static WorkReport ofExpansion(String kind, Optional<Expansion> expansion, boolean refused) {
        List<LearnerNotice> merged = expansion.map(Expansion::merged).orElse(List.of());
        return new WorkReport(kind, 0, new TreeMap<>(), true, expansion, refused, merged);
    }

    /** The same with what else was noticed. */
    public WorkReport with(List<LearnerNotice> noticed) {
        List<LearnerNotice> all =
                Stream.concat(notices.stream(), noticed.stream()).toList();
        return new WorkReport(kind, samples, losses, finite, expansion, expansionRefused, all);
    }

    /** Whether parameters were updated. */
    public boolean isUpdate() {
        return kind.equals(UPDATE) && finite;
    }
}
