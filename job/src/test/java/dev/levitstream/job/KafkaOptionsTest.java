package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What topics and prefix of transactions follow from the options. */
class KafkaOptionsTest {
    private static KafkaOptions read(String... keysAndValues) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            given.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return OptionCatalogue.read(given).kafka();
    }

    private static String prefix(String... keysAndValues) {
        return read(keysAndValues).transactionPrefix();
    }

    @Test
    void theTransactionPrefixTellsJobsOfOtherGroupsOrTopicsApart() {
        assertThat(prefix()).isEqualTo("levit-stream:predictions:components-created:dead-letters:events");
        assertThat(Stream.of(
                        prefix(),
                        prefix("kafka.group-id", "other"),
                        prefix("kafka.predictions", "other"),
                        prefix("kafka.components-created", "other"),
                        prefix("kafka.dead-letters", "other")))
                .doesNotHaveDuplicates();
        assertThat(prefix("kafka.fast-topic", "fast"))
                .as("can be switched on and off")
                .isEqualTo(prefix());
        assertThat(prefix("kafka.images", "other", "seed", "5")).isEqualTo(prefix());
        assertThat(prefix("kafka.transaction-prefix", "mine", "kafka.group-id", "other"))
                .isEqualTo("mine");
    }

    @Test
    void theFastTopicIsOneOfTheResultsWhereItIsGiven() {
        assertThat(read().results()).containsExactly("predictions", "components-created", "dead-letters", "events");
        assertThat(read("kafka.fast-topic", " fast ").topics())
                .containsExactly("images", "predictions", "components-created", "dead-letters", "events", "fast");
        assertThat(OptionCatalogue.read(Map.of("kafka.fast-topic", "fast")).structure())
                .as("it can come and go with the state")
                .isEqualTo(OptionCatalogue.read(Map.of()).structure());
    }

    @ParameterizedTest
    @ValueSource(strings = {"images", "predictions", "components-created", "dead-letters", "events"})
    void theFastTopicMustBeOneOfItsOwn(String topic) {
        assertThatThrownBy(() -> read("kafka.fast-topic", topic))
                .hasMessage("kafka.fast-topic=" + topic + " must be none of the job's other topics");
        assertThatThrownBy(() -> read("kafka." + topic, "other", "kafka.fast-topic", "other"))
                .hasMessage("kafka.fast-topic=other must be none of the job's other topics");
    }
}
