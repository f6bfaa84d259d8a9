package dev.levitstream.operator;

import dev.levitstream.learner.StateEntry;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * A learner's entries in keyed state, for the key that is current. Frozen components have a map of their own, so that
 * their files are never rewritten together with what changes; large entries are cut into chunks that the state backend
 * handles well.
 */
final class LearnerStore {
    /** Bytes per value in the state backend. */
    private static final int CHUNK = 1 << 20;

    /** Name of the state that every learner has something in. */
    static final String CHANGING = "learner";

    private static final char CHUNK_MARK = '#';

    private final MapState<String, byte[]> frozen;
    private final MapState<String, byte[]> changing;

    LearnerStore(StateInitializationContext context) throws Exception {
        frozen = context.getKeyedStateStore().getMapState(descriptor("learner-frozen"));
        changing = context.getKeyedStateStore().getMapState(descriptor(CHANGING));
    }

    private static MapStateDescriptor<String, byte[]> descriptor(String name) {
        return new MapStateDescriptor<>(
                name, BasicTypeInfo.STRING_TYPE_INFO, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
    }

    /** What is stored of one learner, as its live copy remembers it: revision and number of chunks by entry name. */
    static final class Written {
        private final Map<String, Long> revisions = new HashMap<>();
        private final Map<String, Integer> chunks = new HashMap<>();
        /** Names of the entries that are stored as frozen ones. */
        private final Set<String> frozen = new HashSet<>();
    }

    /** All entries of the current key by name; {@code written} learns what is there. */
    Map<String, byte[]> read(Written written) throws Exception {
        TreeMap<String, byte[]> stored = new TreeMap<>();
        for (Map.Entry<String, byte[]> chunk : frozen.entries()) {
            stored.put(chunk.getKey(), chunk.getValue());
            written.frozen.add(nameOf(chunk.getKey()));
        }
        for (Map.Entry<String, byte[]> chunk : changing.entries()) {
            stored.put(chunk.getKey(), chunk.getValue());
        }
        Map<String, ByteArrayOutputStream> joined = new HashMap<>();
        for (Map.Entry<String, byte[]> chunk : stored.entrySet()) {
            String name = nameOf(chunk.getKey());
            joined.computeIfAbsent(name, n -> new ByteArrayOutputStream()).writeBytes(chunk.getValue());
            written.chunks.merge(name, 1, Integer::sum);
        }
        Map<String, byte[]> entries = new HashMap<>();
        joined.forEach((name, bytes) -> entries.put(name, bytes.toByteArray()));
        return entries;
    }

    /** Writes what changed since it was last written, and removes what is no more. */
    void write(Iterable<StateEntry> entries, Written written) throws Exception {
        Set<String> present = new HashSet<>();
        for (StateEntry entry : entries) {
            present.add(entry.name());
            if (entry.writeOnce()) {
                if (!written.chunks.containsKey(entry.name())) {
                    written.frozen.add(entry.name());
                    put(frozen, entry, written);
                }
            } else if (!Long.valueOf(entry.revision()).equals(written.revisions.get(entry.name()))) {
                put(changing, entry, written);
            }
        }
        Set<String> gone = new HashSet<>(written.chunks.keySet());
        gone.removeAll(present);
        for (String name : gone) {
            removeChunks(name, 0, written);
            written.chunks.remove(name);
            written.revisions.remove(name);
            written.frozen.remove(name);
        }
    }

    /** Removes all entries. */
    void clear() {
        frozen.clear();
        changing.clear();
    }

    private void put(MapState<String, byte[]> map, StateEntry entry, Written written) throws Exception {
        byte[] bytes = entry.content().get();
        int count = Math.max(1, (bytes.length + CHUNK - 1) / CHUNK);
        for (int i = 0; i < count; i++) {
            byte[] chunk =
                    count == 1 ? bytes : Arrays.copyOfRange(bytes, i * CHUNK, Math.min(bytes.length, (i + 1) * CHUNK));
            map.put(chunkName(entry.name(), i), chunk);
        }
        removeChunks(entry.name(), count, written);
        written.chunks.put(entry.name(), count);
        written.revisions.put(entry.name(), entry.revision());
    }

    private void removeChunks(String name, int from, Written written) throws Exception {
        MapState<String, byte[]> map = written.frozen.contains(name) ? frozen : changing;
        for (int i = from; i < written.chunks.getOrDefault(name, 0); i++) {
            map.remove(chunkName(name, i));
        }
    }

    private static String nameOf(String chunkName) {
        return chunkName.substring(0, chunkName.lastIndexOf(CHUNK_MARK));
    }

    private static String chunkName(String name, int index) {
        return name + CHUNK_MARK + String.format("%05d", index);
    }
}
