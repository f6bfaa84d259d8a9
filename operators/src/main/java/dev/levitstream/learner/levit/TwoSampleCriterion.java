package dev.levitstream.learner.levit;

import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.change.ChangeAlarm;
import dev.levitstream.learner.common.ReplayMemory;
import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Whether the router's features of the newest images differ from those before more than chance allows
 * ({@link ChangeAlarm}). A world that has come back is no reason to expand: its component is still there.
 *
 * <p>Ours, not the article's: a change of classes moves the mean of features in some direction, also where no single
 * image is harder to explain than before. Scale, threshold and evidence of the options play no part.
 */
final class TwoSampleCriterion implements ExpansionCriterion {
    private final ChangeAlarm alarm;

    TwoSampleCriterion(ChangeAlarm alarm) {
        this.alarm = alarm;
    }

    @Override
    public void observed(List<RoutingResult> batch, ComponentPool pool) {
        batch.forEach(image -> alarm.observe(image.features(), pool.active().id()));
    }

    @Override
    public Optional<Verdict> verdict(List<byte[]> batch, ReplayMemory memory, ComponentPool pool) {
        return alarm.take();
    }

    @Override
    public boolean watchesFeatures() {
        return alarm.isWatching();
    }

    @Override
    public List<LearnerNotice> takeNotices() {
        return alarm.takeNotices();
    }

    @Override
    public boolean suspects() {
        return alarm.suspects();
    }

    /** The detector has begun a world with the change that it noticed; of one that somebody tells it knows nothing. */
    @Override
    public void expanded(boolean asked) {
        if (!asked) {
            alarm.restart();
        }
    }

    @Override
    public void merged(int kept, int gone) {
        alarm.merged(kept, gone);
    }

    @Override
    public void seesAnew(List<float[]> features) {
        alarm.seesAnew(features);
    }

    @Override
    public void write(DataOutputStream out) throws IOException {
        alarm.write(out);
    }

    @Override
    public void read(StateCodec.Input in) throws IOException {
        alarm.read(in);
    }
}
