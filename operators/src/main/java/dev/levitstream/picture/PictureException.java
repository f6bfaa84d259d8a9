package dev.levitstream.picture;

/** A picture that cannot be decoded exactly, or only at too high a cost. */
public final class PictureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String part;
    private final String found;
    private final String rule;

    /**
     * @param part what is wrong, such as {@code size} or {@code chunk IDAT}
     * @param found what stands there
     * @param rule what may stand there
     */
    PictureException(String part, Object found, String rule) {
        super(part + "=" + found + " " + rule);
        this.part = part;
        this.found = found.toString();
        this.rule = rule;
    }

    /** Refuses a picture that breaks a rule. */
    static void require(boolean holds, String part, Object found, String rule) {
        if (!holds) {
            throw new PictureException(part, found, rule);
        }
    }

    /** What is wrong, such as {@code size} or {@code scan}. */
    public String part() {
        return part;
    }

    /** What stands there. */
    public String found() {
        return found;
    }

    /** What may stand there. */
    public String rule() {
        return rule;
    }
}
