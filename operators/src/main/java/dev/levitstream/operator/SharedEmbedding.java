package dev.levitstream.operator;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.TokenShape;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.backbone.Embedding;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.memory.SharedResources;

/**
 * One subtask's hold on a backbone that all subtasks of a job in one process share: who comes first opens it, who goes
 * last closes it.
 */
final class SharedEmbedding implements AutoCloseable {
    /** Flink divides memory with shared things; a backbone takes none of it. */
    private static final long NO_MANAGED_MEMORY = 0;

    private final SharedResources process;
    private final String name;
    private final Embedding embedding;

    private SharedEmbedding(SharedResources process, String name, OperatorOptions options, String device)
            throws Exception {
        this.process = process;
        this.name = name;
        BackboneFile file = options.learner().own().backbone();
        ImageShape image = options.image();
        TokenShape tokens = (TokenShape) options.learner().input();
        this.embedding = process.<Embedding>getOrAllocateSharedResource(
                        name, this, size -> Embedding.open(file, image, tokens, device), NO_MANAGED_MEMORY)
                .resourceHandle();
    }

    /**
     * Takes hold of it.
     *
     * @param process what subtasks of this process share
     * @param job whose subtasks share it: what another job has loaded are other classes
     * @param options of learners whose input is tokens
     * @param device {@code cpu} or {@code gpuN}
     * @throws SuppressRestartsException with the reason in one line, if the file is missing here or is another one
     */
    static SharedEmbedding open(SharedResources process, JobID job, OperatorOptions options, String device)
            throws Exception {
        String name = "levit-backbone/" + job + "/" + device + "/" + options.image() + "/"
                + options.learner().input() + "/" + options.learner().own().backbone();
        try {
            return new SharedEmbedding(process, name, options, device);
        } catch (IllegalArgumentException e) {
            throw new SuppressRestartsException(e);
        }
    }

    /** Borrowed. */
    Embedding embedding() {
        return embedding;
    }

    @Override
    public void close() throws Exception {
        process.release(name, this, size -> {});
    }
}
