package dev.levitstream.learner;

import dev.levitstream.learner.ExpansionOptions.Scale;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Novelty of the latest block of images, each measured before it was learnt; novel if the block's mean exceeds the
 * threshold. On the ratio scale each image's novelty is first divided by what is usual for the component it is routed
 * to: an exponential average over familiar blocks, kept while that component was active.
 *
 * <p>Ours, not the article's; see the package documentation for why.
 */
final class PrequentialNovelty implements ExpansionCriterion {
    private static final int BLOCK = ReplayMemory.SEGMENT;
    private static final double MEMORY = 0.8;
    /** Fewer of the active component's own images in a block say too little about what is usual for it. */
    private static final int MIN_OWN = 8;

    private final ExpansionOptions options;
    private int images;
    private double sum;
    private int ownImages;
    private double ownSum;

    PrequentialNovelty(ExpansionOptions options) {
        this.options = options;
    }

    @Override
    public void observed(List<Judgement> batch, ComponentPool pool) {
        if (pool.active().imagesSeen() < options.warmUp()) {
            return;
        }
        for (Judgement judgement : batch) {
            double usual = pool.get(judgement.routed()).usualNovelty();
            boolean own = judgement.routed() == pool.size() - 1;
            images++;
            sum += options.scale() == Scale.RATIO && !Double.isNaN(usual)
                    ? judgement.novelty() / usual
                    : judgement.novelty();
            if (own) {
                ownImages++;
                ownSum += judgement.novelty();
            }
        }
    }

    @Override
    public Optional<Verdict> verdict(ReplayMemory memory, ComponentPool pool) {
        if (images < BLOCK) {
            return Optional.empty();
        }
        Component active = pool.active();
        Verdict verdict = new Verdict(sum / images, options.threshold());
        boolean calibrated = !Double.isNaN(active.usualNovelty());
        if (!(calibrated && verdict.isNovel()) && ownImages >= MIN_OWN) {
            double own = ownSum / ownImages;
            active.setUsualNovelty(calibrated ? MEMORY * active.usualNovelty() + (1 - MEMORY) * own : own);
        }
        startBlock();
        return calibrated ? Optional.of(verdict) : Optional.empty();
    }

    @Override
    public void expanded() {
        startBlock();
    }

    private void startBlock() {
        images = 0;
        sum = 0;
        ownImages = 0;
        ownSum = 0;
    }

    @Override
    public void write(DataOutputStream out) throws IOException {
        out.writeInt(images);
        out.writeDouble(sum);
        out.writeInt(ownImages);
        out.writeDouble(ownSum);
    }

    @Override
    public void read(DataInputStream in) throws IOException {
        images = in.readInt();
        sum = in.readDouble();
        ownImages = in.readInt();
        ownSum = in.readDouble();
    }
}
