package dev.levitstream.bench.speed;

import dev.levitstream.embedded.OnInterrupt;
import dev.levitstream.embedded.WorkFolder;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What two slots do for each other: the job without a broker, which would share their cores, and learners on threads,
 * which says how much there is to have.
 */
public final class SlotSpeed {
    private static final String LEARNER = "learner alone";
    private static final String LEARNERS = "two learners, two threads";
    private static final String ONE_SLOT = "job without broker, two keys, one slot";
    private static final String TWO_SLOTS = "two slots";

    private final int rounds;
    private final Workload workload;
    private final Consumer<String> lines;

    /**
     * @param rounds (count), at least 1
     * @param lines takes the report, line by line
     */
    public SlotSpeed(int rounds, Workload workload, Consumer<String> lines) {
        this.rounds = rounds;
        this.workload = workload;
        this.lines = lines;
    }

    public void run() throws Exception {
        try (WorkFolder folder = WorkFolder.temporary()) {
            OnInterrupt.close(folder);
            Contest contest = new Contest(workload.images(), lines);
            contest.add(LEARNER, round -> new LearnersAlone(workload, 1));
            contest.add(LEARNERS, round -> new LearnersAlone(workload, Workload.SLOTS));
            contest.add(ONE_SLOT, round -> job(folder, round, 1));
            contest.add(TWO_SLOTS, round -> job(folder, round, Workload.SLOTS));
            contest.run(rounds);
            contest.compare(
                    "Two slots with a key each, without a broker, do %s times the images/s of one slot with both.",
                    TWO_SLOTS, ONE_SLOT);
            contest.compare(
                    "Two learners alone, on a thread each, do %s times the images/s of one.", LEARNERS, LEARNER);
        }
    }

    private Contestant job(WorkFolder folder, String round, int slots) throws Exception {
        List<String> keys = workload.keys();
        return new WithoutBroker(
                workload.options(Map.of("parallelism", Integer.toString(slots))),
                keys,
                Workload::record,
                folder.path(round + "-slots-" + slots));
    }
}
