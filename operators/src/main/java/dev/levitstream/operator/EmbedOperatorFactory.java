package dev.levitstream.operator;

import dev.levitstream.common.Check;
import dev.levitstream.common.TokenShape;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes the embedding operator of each subtask. */
public final class EmbedOperatorFactory extends AbstractStreamOperatorFactory<KeyedRecord>
        implements OneInputStreamOperatorFactory<KeyedRecord, KeyedRecord> {
    private static final long serialVersionUID = 1L;

    private final OperatorOptions options;

    /**
     * A factory.
     *
     * @param options settings of every subtask, of learners whose input is tokens
     */
    public EmbedOperatorFactory(OperatorOptions options) {
        Check.that(isNeeded(options), "input", options.learner().input(), "must be tokens");
        this.options = options;
    }

    /** Whether learners are given tokens, which somebody has to make. */
    public static boolean isNeeded(OperatorOptions options) {
        return options.learner().input() instanceof TokenShape;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the signature is Flink's
    public <T extends StreamOperator<KeyedRecord>> T createStreamOperator(
            StreamOperatorParameters<KeyedRecord> parameters) {
        return (T) new EmbedOperator(parameters, options);
    }

    @Override
    @SuppressWarnings("rawtypes") // the signature is Flink's
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return EmbedOperator.class;
    }
}
