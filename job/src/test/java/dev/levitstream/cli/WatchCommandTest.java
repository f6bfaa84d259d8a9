package dev.levitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.EventKind;
import dev.levitstream.schema.StreamEvent;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What people read of a change. */
class WatchCommandTest {
    private static ComponentCreated.Builder created() {
        return ComponentCreated.newBuilder()
                .setStreamKey("north")
                .setComponentId(3)
                .setStep(7)
                .setEventTime(Instant.parse("2026-01-01T00:00:10Z"))
                .setDistance(30.0)
                .setThreshold(20.0)
                .setComponentCount(3)
                .setImagesSeen(50);
    }

    private static StreamEvent.Builder event(EventKind kind) {
        return StreamEvent.newBuilder()
                .setKind(kind)
                .setStreamKey("north")
                .setEventTime(Instant.parse("2026-01-01T00:00:10Z"))
                .setReason("why");
    }

    @Test
    void aComponentSaysSinceWhenThereWasEvidenceAndWhatItIsLike() {
        ComponentCreated known = created()
                .setEvidenceBegan(Instant.parse("2026-01-01T00:00:02Z"))
                .setNearestComponentId(1)
                .build();
        assertThat(WatchCommand.readable(known))
                .contains("component 3 created")
                .endsWith(" at step 7: measured 30.0, above 20.0, since 2026-01-01T00:00:02Z,"
                        + " nearest to component 1; 50 images in the one before");
        assertThat(WatchCommand.readable(created().build()))
                .endsWith(": measured 30.0, above 20.0; 50 images in the one before");
    }

    @Test
    void anEventSaysTheSameWhereItIsKnown() {
        StreamEvent returned = event(EventKind.WORLD_RETURNED)
                .setEvidenceBegan(Instant.parse("2026-01-01T00:00:02Z"))
                .setNearestComponentId(2)
                .build();
        assertThat(WatchCommand.readable(returned))
                .contains("WORLD_RETURNED")
                .endsWith("north: why, since 2026-01-01T00:00:02Z, component 2");
        assertThat(WatchCommand.readable(event(EventKind.KEY_RESET).build())).endsWith("north: why");
    }
}
