package dev.levitstream.bench.speed;

import dev.levitstream.common.ImageShape;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How fast learners are, always against something else in the same run: scripts against arrays and against PyTorch,
 * many components against few, two threads against one, and all of it against the machine's matrix product. What is
 * compared takes turns in short windows; figures are medians over the rounds.
 */
public final class SpeedBench {
    private static final ImageShape CIFAR = new ImageShape(32, 32, 3);
    private static final SpeedCase MNIST_64 = new SpeedCase("MNIST", "stream", SpeedCase.MNIST, 64, 0);
    private static final List<SpeedCase> CASES = List.of(
            new SpeedCase("MNIST", "stream", SpeedCase.MNIST, 10, 0),
            MNIST_64,
            new SpeedCase("MNIST", "stream", SpeedCase.MNIST, 10, 9),
            new SpeedCase("MNIST", "stream", SpeedCase.MNIST, 64, 9),
            new SpeedCase("CIFAR, preset stream", "stream", CIFAR, 64, 0),
            new SpeedCase("CIFAR, preset paper", "paper", CIFAR, 10, 0),
            new SpeedCase("CIFAR, preset paper", "paper", CIFAR, 64, 0));

    private final Optional<String> python;
    private final int rounds;
    private final Crowd crowd;
    private final List<SpeedCase> cases;
    private final Consumer<String> lines;

    /**
     * What to measure, and how often.
     *
     * @param python command that has PyTorch; empty to do without it
     * @param only how the names of the networks start that are compared; empty for all
     * @param rounds turns of each (count), at least 1
     * @param crowd how many learners and components
     * @param lines takes the report, line by line
     */
    public SpeedBench(Optional<String> python, String only, int rounds, Crowd crowd, Consumer<String> lines) {
        this.python = python;
        this.crowd = crowd;
        this.cases = CASES.stream().filter(one -> one.name().startsWith(only)).toList();
        if (cases.isEmpty()) {
            throw new IllegalArgumentException("only=" + only + " must start one of "
                    + CASES.stream().map(SpeedCase::name).distinct().toList());
        }
        this.rounds = rounds;
        this.lines = lines;
    }

    /** Everything. */
    public void run() throws Exception {
        LearnerMemory.measure(crowd, lines); // first: what others leave free would be used again and not seen
        lines.accept("");
        new NetworkSpeed(python, rounds, lines).run(cases);
        lines.accept("");
        new ComponentSpeed(rounds, crowd.components(), lines).run();
        lines.accept("");
        ThreadSpeed.measure(MNIST_64, rounds, lines);
        lines.accept("");
    }
}
