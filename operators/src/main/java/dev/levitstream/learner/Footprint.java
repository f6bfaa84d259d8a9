package dev.levitstream.learner;

/**
 * What a learner needs, estimated before anything is allocated.
 *
 * @param mib memory of a learner while it learns (MiB)
 * @param isStorable whether its largest state entry fits one array
 * @param advice what to change where it needs too much
 */
public record Footprint(long mib, boolean isStorable, String advice) {
    /** Of two parts together; what to change is said of the larger. */
    public Footprint and(Footprint other) {
        boolean isLarger = isStorable == other.isStorable ? mib >= other.mib : !isStorable;
        return new Footprint(mib + other.mib, isStorable && other.isStorable, isLarger ? advice : other.advice);
    }
}
