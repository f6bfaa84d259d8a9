package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.job.JobLease.Holder;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class JobLeaseTest {
    private static final Holder OLDER = new Holder("b", Instant.ofEpochMilli(1000), "/10.0.0.1");
    private static final Holder YOUNGER = new Holder("a", Instant.ofEpochMilli(1001), "/10.0.0.2");

    @Test
    void theYoungerGivesWayAndOfTwoOfOneAgeJustOne() {
        assertThat(YOUNGER.givesWayTo(OLDER)).isTrue();
        assertThat(OLDER.givesWayTo(YOUNGER)).isFalse();
        Holder twin = new Holder("a", OLDER.started(), "/10.0.0.3");
        assertThat(OLDER.givesWayTo(twin)).isTrue();
        assertThat(twin.givesWayTo(OLDER)).isFalse();
    }

    @Test
    void aJobDoesNotGiveWayToItselfEvenIfItWasBuiltAgain() {
        assertThat(new Holder("b", Instant.ofEpochMilli(2000), "/10.0.0.9").givesWayTo(OLDER))
                .isFalse();
    }

    @Test
    void aMemberIsKnownByItsClientIdAndOthersAreNoJobs() {
        assertThat(Holder.of(OLDER.clientId(), OLDER.host())).contains(OLDER);
        assertThat(Holder.of("console-consumer", "/10.0.0.1")).isEmpty();
        assertThat(Holder.of("lease.b.later", "/10.0.0.1")).isEmpty();
        assertThat(Holder.of("other.b.1000", "/10.0.0.1")).isEmpty();
    }
}
