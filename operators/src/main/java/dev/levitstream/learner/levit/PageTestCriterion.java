package dev.levitstream.learner.levit;

import dev.levitstream.learner.Evidence;
import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.common.Component;
import dev.levitstream.learner.common.ReplayMemory;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.learner.levit.ExpansionOptions.Scale;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Novelty of the most recent images, each scored before it was learnt, summed up by Page's test (Page 1954): with r_i
 * the VAE loss of image i under the component that explains it best, on the ratio scale divided by what is usual for
 * that component, the evidence for a change is
 *
 * <p>S = max(0, S + min(r_i / threshold, {@value #MOST}) - 1),
 *
 * <p>and the world is novel once S > evidence. Images that are no news pull S down to 0, a lasting rise adds up however
 * small it is, and one outlier adds at most {@value #MOST} - 1. usual_c is an exponential average over familiar blocks
 * of the scores of the images that c explained best, kept while c was active.
 *
 * <p>A training step that went wrong makes everything look novel for a moment. So before S counts, the images of the
 * batch are scored once more under the present parameters; if they are familiar by now, S is halved.
 *
 * <p>Ours, not the article's; see the package documentation for why.
 */
final class PageTestCriterion implements ExpansionCriterion {
    private static final int BLOCK = ReplayMemory.SEGMENT;
    private static final double MEMORY = 0.8;
    private static final double MOST = 2.5;
    /** Share of the evidence above which nothing is taken for usual. */
    private static final double SUSPICION = 0.25;
    /** Fewer of the active component's own images in a block say too little about what is usual for it. */
    private static final int MIN_OWN = 8;

    private final ExpansionOptions options;
    private double evidence;
    /** Images since it was 0 (count). */
    private long since;

    private int images;
    private int ownImages;
    private double ownSum;

    PageTestCriterion(ExpansionOptions options) {
        this.options = options;
    }

    @Override
    public void observed(List<RoutingResult> batch, ComponentPool pool) {
        Component active = pool.active();
        if (active.imagesSeen() < options.warmUp()) {
            return;
        }
        boolean calibrated = !Double.isNaN(active.usualNovelty());
        for (RoutingResult image : batch) {
            int best = explaining(image.losses(), pool);
            if (calibrated) {
                double excess = Math.min(
                                ExpansionCriterion.ratio(image.losses()[best], options.threshold() * unit(best, pool)),
                                MOST)
                        - 1;
                evidence = Math.max(0, evidence + excess);
                since = evidence > 0 ? since + 1 : 0;
            }
            images++;
            if (best == pool.size() - 1 || !calibrated) {
                ownImages++;
                ownSum += image.losses()[pool.size() - 1];
            }
        }
        if (images >= BLOCK) {
            learnUsual(active, calibrated);
        }
    }

    private void learnUsual(Component active, boolean calibrated) {
        if (ownImages >= MIN_OWN && evidence <= SUSPICION * options.evidence()) {
            double own = ownSum / ownImages;
            active.setUsualNovelty(calibrated ? MEMORY * active.usualNovelty() + (1 - MEMORY) * own : own);
        }
        startBlock();
    }

    @Override
    public float noveltyThreshold(RoutingResult image, ComponentPool pool) {
        return (float) (options.threshold() * unit(explaining(image.losses(), pool), pool));
    }

    /** What scores of a component are divided by; NaN while that is not known. */
    private double unit(int component, ComponentPool pool) {
        return options.scale() == Scale.RATIO ? pool.get(component).usualNovelty() : 1;
    }

    /** The component that explains an image best, each measured by what is usual for it. */
    private int explaining(float[] losses, ComponentPool pool) {
        float[] ratios = new float[pool.size()];
        for (int c = 0; c < ratios.length; c++) {
            ratios[c] = (float) ExpansionCriterion.ratio(losses[c], unit(c, pool));
        }
        return VaeRouter.best(ratios);
    }

    @Override
    public Optional<Verdict> verdict(List<byte[]> batch, ReplayMemory memory, ComponentPool pool) {
        if (pool.active().imagesSeen() < options.warmUp()
                || Double.isNaN(pool.active().usualNovelty())) {
            return Optional.empty();
        }
        Evidence known = new Evidence(OptionalDouble.empty(), since);
        Verdict verdict = new Verdict(evidence, options.evidence(), Optional.of(known));
        if (!verdict.isNovel()) {
            return Optional.of(verdict);
        }
        if (!isNovelNow(batch, pool)) {
            evidence /= 2;
            return Optional.empty();
        }
        forget(); // if there is no room to expand, the next verdict needs new evidence
        return Optional.of(verdict);
    }

    /** Whether the images are still beyond the threshold, on average, under the present parameters. */
    private boolean isNovelNow(List<byte[]> batch, ComponentPool pool) {
        double sum = 0;
        for (RoutingResult image : pool.route(batch)) {
            int best = explaining(image.losses(), pool);
            sum += Math.min(
                    ExpansionCriterion.ratio(image.losses()[best], options.threshold() * unit(best, pool)), MOST);
        }
        return sum > batch.size();
    }

    @Override
    public boolean suspects() {
        return evidence > 0;
    }

    @Override
    public void expanded(boolean asked) {
        forget();
    }

    private void forget() {
        evidence = 0;
        since = 0;
        startBlock();
    }

    private void startBlock() {
        images = 0;
        ownImages = 0;
        ownSum = 0;
    }

    @Override
    public void write(DataOutputStream out) throws IOException {
        out.writeDouble(evidence);
        out.writeInt(images);
        out.writeInt(ownImages);
        out.writeDouble(ownSum);
        out.writeLong(since);
    }

    @Override
    public void read(StateCodec.Input in) throws IOException {
        evidence = in.readDouble();
        images = in.readInt();
        ownImages = in.readInt();
        ownSum = in.readDouble();
        since = in.knowsEvidence() ? in.readLong() : 0;
    }
}
