package dev.levitstream.cli;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.nn.Compute;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** A learner without anything round it. */
final class LearnerAlone implements Contestant {
    private final LearnerOptions options;
    private final Compute compute;
    private final Learner learner;
    private long seen;

    LearnerAlone(LearnerOptions options) {
        this.options = options;
        this.compute = new Compute("cpu", Compute.Path.SCRIPT);
        this.learner = options.kind().open(new LearnerContext(options, 1, compute, System::nanoTime), Map.of());
    }

    @Override
    public double turn(int images) {
        Turn turn = new Turn(images);
        while (!turn.isOver()) {
            List<LabelledImage> batch = LongStream.range(seen, seen + options.batchSize())
                    .mapToObj(number -> Contestant.image(options.image(), number))
                    .toList();
            learner.observe(batch);
            seen += batch.size();
            turn.answered(batch.size());
        }
        return turn.rate();
    }

    @Override
    public void close() {
        learner.close();
        compute.close();
    }
}
