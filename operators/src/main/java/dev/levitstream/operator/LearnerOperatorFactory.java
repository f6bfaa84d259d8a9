package dev.levitstream.operator;

import dev.levitstream.schema.Prediction;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes the learner operator of each subtask. */
public final class LearnerOperatorFactory extends AbstractStreamOperatorFactory<Prediction>
        implements OneInputStreamOperatorFactory<KeyedRecord, Prediction> {
    private static final long serialVersionUID = 1L;

    private final OperatorOptions options;

    /**
     * A factory.
     *
     * @param options settings of every subtask
     */
    public LearnerOperatorFactory(OperatorOptions options) {
        this.options = options;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the signature is Flink's
    public <T extends StreamOperator<Prediction>> T createStreamOperator(
            StreamOperatorParameters<Prediction> parameters) {
        return (T) new LearnerOperator(parameters, options);
    }

    @Override
    @SuppressWarnings("rawtypes") // the signature is Flink's
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return LearnerOperator.class;
    }
}
