package dev.levitstream.learner.common;

import dev.levitstream.learner.StateEntry;
import dev.levitstream.learner.common.MemoryOptions.Admission;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Bounded memory of images for replay. Stored in segments of {@value SEGMENT} images, each one state entry: first in,
 * first out only ever appends to the last segment and drops the first, so a checkpoint carries what changed and nothing
 * else.
 */
public final class ReplayMemory {
    /** Images per segment; also how many leave a full memory at once (Algorithm 1, line 20). */
    public static final int SEGMENT = 64;

    private static final String PREFIX = "memory/";
    /** One image in so many may be unlabelled where there are labelled ones. */
    private static final int UNLABELLED_SHARE = 4;

    private final MemoryOptions options;
    private final List<MemoryItem> images = new ArrayList<>();
    private final TreeMap<Long, Long> revisions = new TreeMap<>();
    private long first;
    private int unlabelled;
    private long seenLabelled;
    private long seenUnlabelled;
    private long writes;
    private int sinceRelief;
    private Function<List<byte[]>, List<FrozenView>> views = ReplayMemory::noViews;

    public ReplayMemory(MemoryOptions options) {
        this.options = options;
    }

    /**
     * Lets one image in; where it goes is drawn from {@code random} if the memory is a full reservoir.
     *
     * <p>Labelled and unlabelled images are reservoirs of their own. Where there are both, unlabelled ones keep a
     * quarter of the places: they teach the VAE alone, and must neither keep labelled ones out nor be lost for them.
     */
    public void admit(MemoryItem image, SplittableRandom random) {
        boolean labelled = image.label() != LabelRegistry.UNLABELLED;
        long seen = labelled ? ++seenLabelled : ++seenUnlabelled;
        sinceRelief++;
        if (options.admission() == Admission.FIFO || images.size() < options.capacity()) {
            images.add(image);
            unlabelled += labelled ? 0 : 1;
            touch(images.size() - 1);
            return;
        }
        int quota = options.capacity() / UNLABELLED_SHARE;
        boolean ofOthers = labelled ? unlabelled > quota : unlabelled < quota;
        boolean ofLabelled = labelled != ofOthers;
        int places = ofLabelled ? images.size() - unlabelled : unlabelled;
        long place = ofOthers ? random.nextLong(places) : random.nextLong(seen);
        if (place < places) {
            replace(indexOf((int) place, ofLabelled), image);
        }
    }

    /** Index of the image that is number {@code place} of those with, or of those without a label. */
    private int indexOf(int place, boolean labelled) {
        if (labelled ? unlabelled == 0 : unlabelled == images.size()) {
            return place;
        }
        int index = -1;
        for (int left = place; left >= 0; ) {
            index++;
            left -= labelled == (images.get(index).label() != LabelRegistry.UNLABELLED) ? 1 : 0;
        }
        return index;
    }

    private void replace(int index, MemoryItem image) {
        unlabelled += image.label() == LabelRegistry.UNLABELLED ? 1 : 0;
        unlabelled -= images.get(index).label() == LabelRegistry.UNLABELLED ? 1 : 0;
        images.set(index, image);
        touch(index);
    }

    /** Forgets the images of some classes. */
    public void forget(Set<Integer> classes) {
        List<MemoryItem> left = images.stream()
                .filter(image -> !classes.contains(image.label()))
                .toList();
        if (left.size() < images.size()) {
            long seenWithout = seenUnlabelled;
            clear();
            images.addAll(left);
            unlabelled = count(LabelRegistry.UNLABELLED);
            seenLabelled = left.stream()
                    .filter(image -> image.label() != LabelRegistry.UNLABELLED)
                    .count();
            seenUnlabelled = seenWithout;
            for (int i = 0; i < images.size(); i++) {
                touch(i);
            }
        }
    }

    private int count(int label) {
        return (int) images.stream().filter(image -> image.label() == label).count();
    }

    /**
     * Whether it is time to judge the memory as a whole and then {@link #relieve} it: full, and a segment's worth of
     * images came since.
     */
    public boolean isOverfull() {
        return options.admission() == Admission.FIFO
                ? images.size() > options.capacity()
                : images.size() == options.capacity() && sinceRelief >= SEGMENT;
    }

    /** Drops the {@value SEGMENT} oldest images of an over-full FIFO; a reservoir stays as it is. */
    public void relieve() {
        sinceRelief = 0;
        if (options.admission() == Admission.FIFO) {
            images.subList(0, SEGMENT).clear();
            unlabelled = count(LabelRegistry.UNLABELLED);
            revisions.remove(first / SEGMENT);
            first += SEGMENT;
        }
    }

    /** Forgets everything. */
    public void clear() {
        first = (first + images.size() + SEGMENT - 1) / SEGMENT * SEGMENT;
        images.clear();
        revisions.clear();
        unlabelled = 0;
        seenLabelled = 0;
        seenUnlabelled = 0;
        sinceRelief = 0;
    }

    public int size() {
        return images.size();
    }

    public MemoryItem get(int index) {
        return viewed(List.of(index)).get(0);
    }

    /**
     * Gives a label to an image without one.
     *
     * @return whether the image is here, without a label
     */
    public boolean label(byte[] pixels, int label) {
        for (int i = 0; i < images.size(); i++) {
            MemoryItem item = images.get(i);
            if (item.label() == LabelRegistry.UNLABELLED && Arrays.equals(item.pixels(), pixels)) {
                replace(i, new MemoryItem(item.pixels(), label, item.view()));
                seenUnlabelled--;
                seenLabelled++;
                return true;
            }
        }
        return false;
    }

    /** Draws {@code count} different images, or all where there are fewer. */
    public List<MemoryItem> draw(int count, SplittableRandom random) {
        int[] order = new int[images.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        List<Integer> drawn = new ArrayList<>(count);
        for (int i = 0; i < Math.min(count, order.length); i++) {
            int j = i + random.nextInt(order.length - i);
            drawn.add(order[j]);
            order[j] = order[i];
        }
        return viewed(drawn);
    }

    /** {@code count} images spread evenly over the memory, oldest first; the memory must hold as many. */
    public List<MemoryItem> spread(int count) {
        List<Integer> spread = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            spread.add((int) ((long) i * images.size() / count));
        }
        return viewed(spread);
    }

    /** Images by index, with the views that were not stored. */
    private List<MemoryItem> viewed(List<Integer> indexes) {
        List<Integer> without = indexes.stream()
                .filter(index -> !images.get(index).view().isMade())
                .toList();
        List<FrozenView> made = without.isEmpty()
                ? List.of()
                : views.apply(without.stream()
                        .map(index -> images.get(index).pixels())
                        .toList());
        for (int i = 0; i < without.size(); i++) {
            MemoryItem image = images.get(without.get(i));
            images.set(without.get(i), new MemoryItem(image.pixels(), image.label(), made.get(i)));
        }
        return indexes.stream().map(images::get).toList();
    }

    private static List<FrozenView> noViews(List<byte[]> images) {
        return Collections.nCopies(images.size(), FrozenView.NONE);
    }

    private void touch(int index) {
        revisions.put((first + index) / SEGMENT, ++writes);
    }

    public void write(DataOutputStream out) throws IOException {
        out.writeLong(first);
        out.writeLong(seenLabelled);
        out.writeLong(writes);
        out.writeInt(sinceRelief);
        out.writeLong(seenUnlabelled);
    }

    public void read(StateCodec.Input in) throws IOException {
        first = in.readLong();
        seenLabelled = in.readLong();
        writes = in.readLong();
        sinceRelief = in.readInt();
        seenUnlabelled = in.countsUnlabelled() ? in.readLong() : 0; // once all images were counted together
    }

    /** One state entry per segment. */
    public List<StateEntry> entries() {
        List<StateEntry> entries = new ArrayList<>();
        for (Map.Entry<Long, Long> segment : revisions.entrySet()) {
            int from = (int) (segment.getKey() * SEGMENT - first);
            int to = Math.min(images.size(), from + SEGMENT);
            entries.add(new StateEntry(
                    PREFIX + String.format("%012d", segment.getKey()),
                    segment.getValue(),
                    false,
                    () -> segmentBytes(images.subList(from, to))));
        }
        return entries;
    }

    private static byte[] segmentBytes(List<MemoryItem> segment) {
        return StateCodec.seal(out -> {
            out.writeInt(segment.size());
            for (MemoryItem image : segment) {
                out.writeInt(image.label());
                StateCodec.writeBytes(out, image.pixels());
            }
        });
    }

    /** Refills an empty memory from its stored segments. */
    public void restore(Map<String, byte[]> state) {
        restore(state, ReplayMemory::noViews);
    }

    /**
     * Refills an empty memory from its stored segments.
     *
     * @param views makes what is not stored, when an image is first used: made at once, the views of a full memory cost
     *     seconds
     */
    public void restore(Map<String, byte[]> state, Function<List<byte[]>, List<FrozenView>> views) {
        this.views = views;
        TreeMap<String, byte[]> segments = new TreeMap<>(state);
        for (Map.Entry<String, byte[]> segment :
                segments.subMap(PREFIX, PREFIX + Character.MAX_VALUE).entrySet()) {
            List<LabelledClass> stored = StateCodec.open(segment.getKey(), segment.getValue(), in -> {
                List<LabelledClass> read = new ArrayList<>();
                int count = in.readInt();
                for (int i = 0; i < count; i++) {
                    int label = in.readInt();
                    read.add(new LabelledClass(StateCodec.readBytes(in), label));
                }
                return read;
            });
            revisions.put(Long.parseLong(segment.getKey().substring(PREFIX.length())), 0L);
            for (LabelledClass image : stored) {
                images.add(new MemoryItem(image.pixels(), image.label(), FrozenView.NOT_MADE));
            }
        }
        unlabelled = count(LabelRegistry.UNLABELLED);
    }

    private record LabelledClass(byte[] pixels, int label) {}
}
