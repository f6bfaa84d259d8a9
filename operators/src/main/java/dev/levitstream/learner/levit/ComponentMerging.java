package dev.levitstream.learner.levit;

import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.linear.GroupStatistics;
import dev.levitstream.learner.linear.WorldPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps a pool within its bound: of its frozen components the two whose worlds differ least become one. Their sums add
 * up exactly. Networks do not: the images that one has learnt are gone, so the other cannot learn them, and it answers
 * no more; the sums answer for both. The network stays that has seen more of the images, for its VAE says how new an
 * image is; one that others fuse stays in any case.
 *
 * <p>Where VAEs route there are no sums, so nothing merges; nor do two components that others fuse.
 *
 * @param most components that there may be (count), at least 1
 */
record ComponentMerging(ComponentPool pool, int most) {
    /** Whether there is room for another component, or can be made. */
    boolean hasRoom() {
        int frozen = pool.size(); // the active one will be, too
        boolean merges = pool.discriminant().isPresent() && Math.max(1, pool.fusedNext()) < frozen;
        return pool.size() < most || merges;
    }

    /**
     * Merges components until there are no more than may be, as far as that is possible.
     *
     * @param criterion that may know the worlds of both again
     * @return what is told of each that went
     */
    List<LearnerNotice> merge(ExpansionCriterion criterion) {
        List<LearnerNotice> merged = new ArrayList<>();
        pool.discriminant().ifPresent(sums -> {
            Optional<WorldPair> pair = nearest(sums);
            while (pair.isPresent()) {
                merged.add(merge(pair.get(), sums, criterion));
                pair = nearest(sums);
            }
            if (!merged.isEmpty()) {
                sums.refresh();
            }
        });
        return merged;
    }

    /** None if nothing has to merge, or nothing can. */
    private Optional<WorldPair> nearest(GroupStatistics sums) {
        return pool.size() <= most
                ? Optional.empty()
                : sums.nearest(pool.frozen().size(), pool.fused());
    }

    private LearnerNotice merge(WorldPair pair, GroupStatistics sums, ExpansionCriterion criterion) {
        boolean olderMayGo = pair.older() >= pool.fused();
        boolean olderGoes = olderMayGo && sums.images(pair.older()) < sums.images(pair.newer());
        int gone = olderGoes ? pair.older() : pair.newer();
        int kept = olderGoes ? pair.newer() : pair.older();
        LearnerNotice notice = pair.notice(pool.get(kept).id(), pool.get(gone).id(), sums.images(gone));
        criterion.merged(pool.get(kept).id(), pool.get(gone).id());
        pool.merge(kept, gone);
        return notice;
    }
}
