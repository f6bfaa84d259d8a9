package dev.levitstream.operator;

import dev.levitstream.schema.Prediction;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes the learner operator of each subtask. */
public final class LearnerOperatorFactory extends AbstractStreamOperatorFactory<Prediction>
        implements OneInputStreamOperatorFactory<KeyedRecord, Prediction> {
    private static final long serialVersionUID = 1L;

    private final OperatorOptions options;
    private final TreeMap<String, String> structure;

    /**
     * A factory.
     *
     * @param options settings of every subtask
     * @param structure by name what must be as it was when the state was written that is restored
     */
    public LearnerOperatorFactory(OperatorOptions options, Map<String, String> structure) {
        this.options = options;
        this.structure = new TreeMap<>(structure);
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the signature is Flink's
    public <T extends StreamOperator<Prediction>> T createStreamOperator(
            StreamOperatorParameters<Prediction> parameters) {
        return (T) new LearnerOperator(parameters, options, structure);
    }

    @Override
    @SuppressWarnings("rawtypes") // the signature is Flink's
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return LearnerOperator.class;
    }
}
