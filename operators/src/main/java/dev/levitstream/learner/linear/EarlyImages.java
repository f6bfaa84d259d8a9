package dev.levitstream.learner.linear;

import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The first images of a stream, in their order, and the groups that count them: kept until filters are learnt from
 * them, for then all sums are computed anew.
 */
final class EarlyImages {
    /** Stands for no group: nobody said what the image shows. */
    private static final FeatureGroup NO_GROUP = new FeatureGroup(0, 0, false, 0);

    private final List<Entry> entries = new ArrayList<>();

    /** An image, how often it came in a row, and the group that counts it. */
    private static final class Entry {
        private final byte[] seen;
        private FeatureGroup group;
        private int times;

        private Entry(byte[] seen, FeatureGroup group, int times) {
            this.seen = seen;
            this.group = group;
            this.times = times;
        }
    }

    /** What is done with an image that a group counts. */
    interface Visitor {
        /**
         * Does it.
         *
         * @param group that counts it, if one does
         */
        void visit(byte[] seen, Optional<FeatureGroup> group, int times);
    }

    /** Adds an image that no group counts. */
    void add(byte[] seen) {
        add(seen, NO_GROUP);
    }

    void add(byte[] seen, FeatureGroup group) {
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
        entries.forEach(entry ->
                visitor.visit(entry.seen, Optional.of(entry.group).filter(group -> group != NO_GROUP), entry.times));
    }

    void clear() {
        entries.clear();
    }

    /** One image goes from a group to another. */
    void move(byte[] seen, FeatureGroup from, FeatureGroup to) {
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

    /** One image without a group goes to one. */
    void move(byte[] seen, FeatureGroup to) {
        move(seen, NO_GROUP, to);
    }

    /** A group is gone; its images stay, for filters are learnt from them. */
    void forget(FeatureGroup group) {
        moveAll(group, NO_GROUP);
    }

    /** All images of a group go to another. */
    void moveAll(FeatureGroup from, FeatureGroup to) {
        for (Entry entry : entries) {
            if (entry.group == from) {
                entry.group = to;
            }
        }
    }

    /** @param groups all that there are, in the order in which they will be when this is read */
    void write(DataOutputStream out, List<FeatureGroup> groups) throws IOException {
        out.writeInt(entries.size());
        for (Entry entry : entries) {
            StateCodec.writeBytes(out, entry.seen);
            out.writeInt(groups.indexOf(entry.group));
            out.writeInt(entry.times);
        }
    }

    void read(StateCodec.Input in, List<FeatureGroup> groups) throws IOException {
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            byte[] seen = StateCodec.readBytes(in);
            int group = in.readInt();
            entries.add(new Entry(seen, group < 0 ? NO_GROUP : groups.get(group), in.readInt()));
        }
    }
}
