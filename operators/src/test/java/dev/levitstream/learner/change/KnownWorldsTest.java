package dev.levitstream.learner.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.change.KnownWorlds.Known;
import dev.levitstream.learner.common.StateCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Worlds that are remembered by a word. */
class KnownWorldsTest {
    private static Optional<Known<String>> find(KnownWorlds<String> worlds, String wanted) {
        return worlds.likeliest(world -> world.equals(wanted) ? 0.9 : 0.1, 0.5);
    }

    /** All that could come back now. */
    private static List<String> known(KnownWorlds<String> worlds, String... candidates) {
        List<String> known = new ArrayList<>();
        for (String candidate : candidates) {
            find(worlds, candidate).ifPresent(found -> known.add(found.world() + found.component()));
        }
        return known;
    }

    @Test
    void theLikeliestWorldIsFoundIfItIsLikelyEnough() {
        KnownWorlds<String> worlds = new KnownWorlds<>(5);
        assertThat(find(worlds, "a")).isEmpty();
        worlds.change("a", 1, Optional.empty());
        worlds.change("bb", 2, Optional.empty());
        worlds.change("ccc", 3, Optional.empty());
        assertThat(worlds.likeliest(String::length, 0)).hasValue(new Known<>("ccc", 3));
        assertThat(worlds.likeliest(world -> 1, 0)).as("the earliest of equals").hasValue(new Known<>("a", 1));
        assertThat(worlds.likeliest(String::length, 3)).isEmpty();
    }

    @Test
    void aWorldThatHasComeBackKeepsItsComponentAndIsNotFoundWhileItLasts() {
        KnownWorlds<String> worlds = new KnownWorlds<>(5);
        worlds.change("a", 1, Optional.empty());
        worlds.change("b", 2, find(worlds, "a"));
        assertThat(known(worlds, "a", "b")).containsExactly("b2");
        worlds.change("a again", 2, find(worlds, "b"));
        assertThat(known(worlds, "a", "a again", "b")).containsExactly("a again1");
        worlds.leave();
        assertThat(known(worlds, "a again", "b")).containsExactly("a again1", "b2");
        worlds.change("c", 3, Optional.empty());
        assertThat(known(worlds, "a again", "b", "c"))
                .as("one that was left, not came back")
                .hasSize(3);
    }

    @Test
    void theOldestIsForgottenUnlessItComesBackNow() {
        KnownWorlds<String> worlds = new KnownWorlds<>(2);
        worlds.change("a", 1, Optional.empty());
        worlds.change("b", 2, Optional.empty());
        worlds.change("c", 3, find(worlds, "a"));
        worlds.leave();
        assertThat(known(worlds, "a", "b", "c")).containsExactly("a1", "c3");
        worlds.change("d", 4, find(worlds, "c"));
        worlds.leave();
        assertThat(known(worlds, "a", "c", "d")).containsExactly("c3", "d4");
        KnownWorlds<String> none = new KnownWorlds<>(0);
        none.change("a", 1, Optional.empty());
        assertThat(find(none, "a")).isEmpty();
    }

    @Test
    void aComponentAnswersForTheWorldsOfOneThatIsNoMore() {
        KnownWorlds<String> worlds = new KnownWorlds<>(5);
        worlds.change("a", 1, Optional.empty());
        worlds.change("b", 2, Optional.empty());
        worlds.change("c", 3, Optional.empty());
        worlds.merged(1, 3);
        worlds.merged(2, 1);
        assertThat(known(worlds, "a", "b", "c")).containsExactly("a2", "b2", "c2");
    }

    @Test
    void whatIsWrittenIsReadWithComponentsWhereTheyWereWritten() {
        KnownWorlds<String> worlds = new KnownWorlds<>(5);
        worlds.change("a", 1, Optional.empty());
        worlds.change("b", 2, find(worlds, "a"));
        byte[] written = StateCodec.seal(out -> {
            worlds.write(out, out::writeUTF);
            worlds.writeComponents(out);
        });
        KnownWorlds<String> restored = new KnownWorlds<>(5);
        StateCodec.open("worlds", written, in -> {
            restored.read(in, one -> one.readUTF());
            assertThat(find(restored, "b").orElseThrow().knownComponent()).isEmpty();
            restored.readComponents(in);
            return restored;
        });
        assertThat(find(restored, "b").orElseThrow().knownComponent()).isEqualTo(OptionalInt.of(2));
        assertThat(find(restored, "a")).as("it has come back").isEmpty();
    }
}
