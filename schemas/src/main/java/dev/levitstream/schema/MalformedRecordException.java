package dev.levitstream.schema;

import java.util.regex.Pattern;

/**
 * Input that cannot be used. It never stops the job: whoever catches it sends the original bytes to the dead letters.
 */
public final class MalformedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Pattern AFTER_NAME = Pattern.compile("[^A-Za-z-].*", Pattern.DOTALL);

    private final String part;

    /**
     * @param topic where the record came from
     * @param field which part of it is wrong, as a path such as {@code scores[2].label}
     * @param found what stands there
     * @param allowed what may stand there
     */
    public MalformedRecordException(String topic, String field, Object found, String allowed) {
        super("topic " + topic + ": " + field + "=" + found + " " + allowed);
        this.part = AFTER_NAME.matcher(field).replaceFirst("");
    }

    /** Where the field starts, such as {@code scores}: one of a few names, by which to count. */
    public String part() {
        return part;
    }

    /** What is wrong, in one line: topic, field, what was found, what is allowed. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
