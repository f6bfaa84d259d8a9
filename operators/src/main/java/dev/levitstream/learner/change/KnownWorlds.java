package dev.levitstream.learner.change;

import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;

/**
 * Worlds that ended, to be known again; the oldest is forgotten first.
 *
 * @param <W> what is remembered of a world
 */
final class KnownWorlds<W> {
    private static final int NO_WORLD = -1;
    /** Of worlds that an earlier release remembered. */
    private static final int NO_COMPONENT = 0;

    private final int most;
    private final List<Known<W>> worlds = new ArrayList<>();
    /** Which of the worlds has come back and is the present one. */
    private int current = NO_WORLD;

    /**
     * One world.
     *
     * @param component that was active in it when it ended for the first time
     */
    record Known<W>(W world, int component) {
        OptionalInt knownComponent() {
            return component == NO_COMPONENT ? OptionalInt.empty() : OptionalInt.of(component);
        }
    }

    /** Writes one world. */
    interface Writing<W> {
        void write(W world) throws IOException;
    }

    /** @param most worlds (count), at least 0 */
    KnownWorlds(int most) {
        this.most = most;
    }

    /**
     * The earlier world that is likeliest to be the one that begins; none if there is none.
     *
     * @param likelihood how likely a world is that one
     * @param least what it must exceed
     */
    Optional<Known<W>> likeliest(ToDoubleFunction<W> likelihood, double least) {
        Optional<Known<W>> best = Optional.empty();
        double largest = least;
        for (int w = 0; w < worlds.size(); w++) {
            double likely =
                    w == current ? 0 : likelihood.applyAsDouble(worlds.get(w).world());
            if (likely > largest) {
                largest = likely;
                best = Optional.of(worlds.get(w));
            }
        }
        return best;
    }

    /**
     * The present world ends, and another begins.
     *
     * @param component that is active; of a world that had come back the one is kept that was active then
     * @param next world that comes back, which is not forgotten now; none for a new one
     */
    void change(W ended, int component, Optional<Known<W>> next) {
        if (current != NO_WORLD) {
            worlds.set(current, new Known<>(ended, worlds.get(current).component()));
        } else {
            worlds.add(new Known<>(ended, component));
            if (worlds.size() > most) {
                boolean firstIsNeeded = next.filter(worlds.get(0)::equals).isPresent();
                worlds.remove(firstIsNeeded ? 1 : 0);
            }
        }
        current = next.map(worlds::indexOf).orElse(NO_WORLD);
    }

    /** A world begins of which nothing is known. */
    void leave() {
        current = NO_WORLD;
    }

    /** One component answers for another's worlds from now on, which is no more. */
    void merged(int kept, int gone) {
        worlds.replaceAll(known -> known.component() == gone ? new Known<>(known.world(), kept) : known);
    }

    /** Forgets all. */
    void clear() {
        worlds.clear();
        current = NO_WORLD;
    }

    void write(DataOutputStream out, Writing<W> writing) throws IOException {
        out.writeInt(worlds.size());
        for (Known<W> known : worlds) {
            writing.write(known.world());
        }
        out.writeInt(current);
    }

    void read(StateCodec.Input in, StateCodec.Reading<W> reading) throws IOException {
        clear();
        int count = in.readInt();
        for (int w = 0; w < count; w++) {
            worlds.add(new Known<>(reading.read(in), NO_COMPONENT));
        }
        current = in.readInt();
    }

    /** What was added to the format later. */
    void writeComponents(DataOutputStream out) throws IOException {
        for (Known<W> known : worlds) {
            out.writeInt(known.component());
        }
    }

    void readComponents(StateCodec.Input in) throws IOException {
        for (int w = 0; w < worlds.size(); w++) {
            worlds.set(w, new Known<>(worlds.get(w).world(), in.readInt()));
        }
    }
}
