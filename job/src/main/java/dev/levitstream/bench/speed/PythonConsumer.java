package dev.levitstream.bench.speed;

import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.levit.LevitOptions;
import dev.levitstream.schema.ImageRecord;
import java.io.IOException;
import java.util.Map;

/**
 * What one would write without this project: a Python process that reads the images' topic, answers and learns with
 * PyTorch as the learner does, and writes predictions; without a router, state or exactly-once.
 */
public final class PythonConsumer implements AutoCloseable {
    private final PythonProcess process;

    /**
     * Starts it.
     *
     * @param python command that has PyTorch and confluent_kafka
     * @param images topic
     * @param predictions topic
     */
    public PythonConsumer(
            String python, LearnerOptions options, String bootstrapServers, String images, String predictions)
            throws IOException {
        LevitOptions own = SpeedCase.own(options);
        Map<String, Object> setup = PythonUpdates.setup(own, options.image());
        setup.put("classes", SpeedCase.CLASSES);
        setup.put("streamBatch", options.batchSize());
        setup.put("batch", own.training().batch());
        setup.put("updates", own.budget().updates());
        setup.put("queue", own.budget().queue());
        setup.put("capacity", own.memory().capacity());
        setup.put("maxImages", own.expansion().maxImages());
        setup.put("schema", ImageRecord.getClassSchema().toString());
        setup.put("bootstrapServers", bootstrapServers);
        setup.put("images", images);
        setup.put("predictions", predictions);
        process = new PythonProcess(python, setup, Map.of(), "consumer.py", "peer.py");
    }

    /** Whether it has ended by itself; a failure is thrown. */
    public boolean hasEnded() throws IOException {
        return process.hasEnded();
    }

    @Override
    public void close() {
        process.close();
    }
}
