package dev.levitstream.picture;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Sums of rows, value by value, eight at a time: even and odd bytes of a long are added to four numbers of 16 bits
 * each, which hold 257 bytes. A quarter of the time of adding bytes one by one.
 */
final class RowSums {
    static final int MOST = 257;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EVEN = 0x00FF_00FF_00FF_00FFL;

    private final long[] even;
    private final long[] odd;
    private final int whole; // longs of a row; up to 7 bytes are behind them
    private final int rest;
    private int rows;

    /** @param length bytes of a row */
    RowSums(int length) {
        this.whole = length / Long.BYTES;
        this.rest = length % Long.BYTES;
        this.even = new long[whole + 1];
        this.odd = new long[whole + 1];
    }

    /** How many rows there are. */
    int rows() {
        return rows;
    }

    /** Adds a row; there may be {@link #MOST}. */
    void add(byte[] values, int from) {
        for (int i = 0; i < whole; i++) {
            long eight = (long) LONGS.get(values, from + i * Long.BYTES);
            even[i] += eight & EVEN;
            odd[i] += eight >>> 8 & EVEN;
        }
        for (int i = 0; i < rest; i++) {
            long one = values[from + whole * Long.BYTES + i] & 0xFFL;
            (i % 2 == 0 ? even : odd)[whole] += one << (i / 2 * 16);
        }
        rows++;
    }

    /** Sum at a place of the row. */
    int at(int place) {
        long four = (place % 2 == 0 ? even : odd)[place / Long.BYTES];
        return (int) (four >>> (place % Long.BYTES / 2 * 16)) & 0xFFFF;
    }

    void clear() {
        Arrays.fill(even, 0);
        Arrays.fill(odd, 0);
        rows = 0;
    }
}
