package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.DefaultOperatorStateBackend;
import org.apache.flink.runtime.state.DefaultOperatorStateBackendBuilder;
import org.junit.jupiter.api.Test;

/** What the fingerprint makes of state that others wrote. */
class FingerprintTest {
    private static final Map<String, String> STRUCTURE = Map.of("vit.patch", "7", "kafka.images", "a=b");
    private static final Map<String, String> MACHINE = Map.of("cpu", "one", "threads", "1");

    private final DefaultOperatorStateBackend backend;

    FingerprintTest() throws Exception {
        backend = new DefaultOperatorStateBackendBuilder(
                        FingerprintTest.class.getClassLoader(),
                        new ExecutionConfig(),
                        true,
                        List.of(),
                        new CloseableRegistry())
                .build();
    }

    private Fingerprint open(Map<String, String> structure) throws Exception {
        return new Fingerprint(backend, structure);
    }

    private void write(Map<String, String> structure, Map<String, String> machine) throws Exception {
        Fingerprint fingerprint = open(structure);
        fingerprint.machine(machine);
        fingerprint.snapshot();
    }

    @Test
    void theSameIsTakenAsItIs() throws Exception {
        write(STRUCTURE, MACHINE);
        assertThat(open(STRUCTURE).machine(MACHINE)).isEmpty();
    }

    @Test
    void anotherMachineIsTold() throws Exception {
        write(STRUCTURE, MACHINE);
        assertThat(open(STRUCTURE).machine(Map.of("cpu", "two", "threads", "1")))
                .contains("machine.cpu=two was one when the restored state was written: results are as good, their last"
                        + " bits may differ");
    }

    @Test
    void oneOfSeveralMachinesThatIsAnotherIsTold() throws Exception {
        write(STRUCTURE, MACHINE);
        ListState<String> state = backend.getUnionListState(Fingerprint.DESCRIPTOR);
        state.add("machine.threads=2"); // as another subtask wrote it
        assertThat(open(STRUCTURE).machine(MACHINE).orElseThrow()).startsWith("machine.threads=1 was 1 or 2 when");
    }

    @Test
    void stateOfEarlierReleasesHasNoneAndGetsOne() throws Exception {
        Fingerprint fingerprint = open(STRUCTURE);
        assertThat(fingerprint.machine(MACHINE)).isEqualTo(Optional.empty());
        fingerprint.snapshot();
        assertThatThrownBy(() -> open(Map.of("vit.patch", "8")))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .hasMessage("vit.patch=8 must be 7: the restored state was written with that; give it again, or start"
                        + " without the state");
    }

    @Test
    void whatEarlierReleasesAlwaysDidIsTakenAsTheirChoice() throws Exception {
        write(Map.of("learner", "er", "replay.vit.patch", "8"), MACHINE);
        assertThatThrownBy(() -> open(Map.of("learner", "er", "replay.net", "convolutional")))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .hasMessage("replay.net=convolutional must be vit: the restored state was written with that; give it"
                        + " again, or start without the state");
        open(Map.of("learner", "er", "replay.net", "vit")).snapshot();
        assertThatThrownBy(() -> open(Map.of("learner", "er", "replay.net", "convolutional")))
                .hasStackTraceContaining("replay.net=convolutional must be vit: ");
    }

    @Test
    void whatEarlierReleasesAlwaysDidIsNothingToAnotherLearner() throws Exception {
        write(Map.of("learner", "levit-dkf"), MACHINE);
        assertThatThrownBy(() -> open(Map.of("learner", "er", "replay.net", "convolutional")))
                .cause()
                .hasMessageStartingWith("learner=er must be levit-dkf: ");
    }

    @Test
    void namesThatOnlyOneSideKnowsArePassedOver() throws Exception {
        write(STRUCTURE, MACHINE);
        assertThat(open(Map.of("vit.patch", "7", "backbone", "abc")).machine(Map.of("fans", "2")))
                .isEmpty();
    }
}
