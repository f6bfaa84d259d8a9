package dev.levitstream.nn.graph;

import java.util.List;

/** What is known of the order of an array's values in memory, so that nothing is put in order that is in order. */
enum Layout {
    /** Without gaps, the last axis side by side: torch calls it contiguous. */
    ROW_MAJOR,
    /** A matrix whose transpose is {@link #ROW_MAJOR}. */
    COLUMN_MAJOR,
    /** Any order, maybe with gaps. */
    UNKNOWN;

    /** Of a result that lies as all that it is made of does. */
    static Layout likeAll(List<Array> arrays) {
        return arrays.stream().allMatch(array -> array.layout() == ROW_MAJOR) ? ROW_MAJOR : UNKNOWN;
    }
}
