package dev.levitstream.learner.levit;

import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The first images of a stream, in their order, and the groups that count them: kept until filters are learnt from
 * them, for then all sums are computed anew.
 */
final class EarlyImages {
    private final List<Entry> entries = new ArrayList<>();

    /** An image, how often it came in a row, and the group that counts it. */
    private static final class Entry {
        private final byte[] seen;
        private DiscriminantGroup group;
        private int times;

        private Entry(byte[] seen, DiscriminantGroup group, int times) {
            this.seen = seen;
            this.group = group;
            this.times = times;
        }
    }

    /** What is done with an image that a group counts. */
    interface Visitor {
        void visit(byte[] seen, DiscriminantGroup group, int times);
    }

    void add(byte[] seen, DiscriminantGroup group) {
        for (int i = entries.size() - 1; i >= 0 && Arrays.equals(entries.get(i).seen, seen); i--) {
            if (entries.get(i).group == group) {
                entries.get(i).times++;
                return;
            }
        }
        entries.add(new Entry(seen, group, 1));
    }

    /** At least as many as there are different ones (count). */
    int size() {
        return entries.size();
    }

    /** What filters are learnt from; a camera that froze shows one image, however many it sends. */
    List<byte[]> different() {
        List<byte[]> different = new ArrayList<>();
        for (Entry entry : entries) {
            if (different.isEmpty() || !Arrays.equals(different.get(different.size() - 1), entry.seen)) {
                different.add(entry.seen);
            }
        }
        return different;
    }

    void forEach(Visitor visitor) {
        entries.forEach(entry -> visitor.visit(entry.seen, entry.group, entry.times));
    }

    void clear() {
        entries.clear();
    }

    /** One image goes from a group to another. */
    void move(byte[] seen, DiscriminantGroup from, DiscriminantGroup to) {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.group == from && Arrays.equals(entry.seen, seen)) {
                if (entry.times == 1) {
                    entry.group = to;
                } else {
                    entry.times--;
                    entries.add(i + 1, new Entry(seen, to, 1));
                }
                return;
            }
        }
    }

    /** All images of a group go to another. */
    void moveAll(DiscriminantGroup from, DiscriminantGroup to) {
        for (Entry entry : entries) {
            if (entry.group == from) {
                entry.group = to;
            }
        }
    }

    /** @param groups all that there are, in the order in which they will be when this is read */
    void write(DataOutputStream out, List<DiscriminantGroup> groups) throws IOException {
        out.writeInt(entries.size());
        for (Entry entry : entries) {
            StateCodec.writeBytes(out, entry.seen);
            out.writeInt(groups.indexOf(entry.group));
            out.writeInt(entry.times);
        }
    }

    void read(StateCodec.Input in, List<DiscriminantGroup> groups) throws IOException {
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            entries.add(new Entry(StateCodec.readBytes(in), groups.get(in.readInt()), in.readInt()));
        }
    }
}
