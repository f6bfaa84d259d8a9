package dev.levitstream.nn.engine;

/**
 * The engine could not compute with the numbers that it was given: trouble of one learner's own numbers, not of the
 * process. Whatever else goes wrong in here (memory that ran out, an argument of ours that is wrong) is no such thing.
 */
public final class NumericException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what could not be computed
     * @param cause what the engine said
     */
    public NumericException(String message, Throwable cause) {
        super(message, cause);
    }
}
