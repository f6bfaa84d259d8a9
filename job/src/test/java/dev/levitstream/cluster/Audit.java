package dev.levitstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.WireFormat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** What Kafka's own tool shows of a run's results, held against what was sent. */
final class Audit {
    /** Up to here a dead letter holds the record as it came; of a longer one it may hold a part. */
    private static final int WHOLE_BYTES = 1 << 17;

    private final Map<Message.Place, Message> sent;
    private final Map<String, List<ConsoleTool.Shown>> shown = new TreeMap<>();

    /** @param sent every record that was committed, by its place */
    Audit(Map<Message.Place, Message> sent, Cluster cluster, Run run) throws Exception {
        this.sent = sent;
        Map<String, List<ConsoleTool.Shown>> byTopic = ConsoleTool.read(
                cluster.folder(),
                cluster.bootstrapServers(),
                run.outputs().stream().map(run::topic).toList());
        run.outputs().forEach(output -> shown.put(output, Objects.requireNonNull(byTopic.get(run.topic(output)))));
    }

    /** Records of one kind, in order of each partition. */
    List<ConsoleTool.Shown> shown(String output) {
        return shown.getOrDefault(output, List.of());
    }

    /** A line for what was sent of each fate, and for what came of it: columns as in {@link Faults#table}. */
    List<String> table() {
        List<String> lines = new ArrayList<>();
        for (Message.Fate fate : Message.Fate.values()) {
            long count = sent.values().stream()
                    .filter(message -> message.fate() == fate)
                    .count();
            lines.add("sent " + fate + ",,," + count);
        }
        shown.forEach((output, records) -> lines.add(output + ",,," + records.size()));
        return lines;
    }

    /** Every record is answered once, or a dead letter once, as it deserves; and nothing else came. */
    void requireAllAccountedFor() {
        Set<String> answers = answers();
        Map<Message.Place, DeadLetter> letters = letters();
        sent.forEach((place, message) -> {
            DeadLetter letter = letters.remove(place);
            boolean answered = answers.remove(message.key() + " " + message.imageId());
            boolean fair = switch (message.fate()) {
                case ANSWER -> answered;
                case DEAD_LETTER -> letter != null;
                case EITHER -> true;
            };
            assertThat(fair && answered != (letter != null))
                    .as("%s at %s: answered %s, dead letter %s", message, place, answered, letter)
                    .isTrue();
            if (letter != null) {
                requireOriginal(letter, message);
            }
        });
        assertThat(answers).as("answers to what nobody sent").isEmpty();
        assertThat(letters).as("dead letters of what nobody sent").isEmpty();
        assertThat(shown("events"))
                .as("nothing happened but to cameras out of order")
                .allMatch(event -> event.key().startsWith(BadCameras.KEYS));
    }

    private Set<String> answers() {
        WireFormat<Prediction> format = new WireFormat<>(Prediction.getClassSchema());
        Set<String> answers = new HashSet<>();
        for (ConsoleTool.Shown each : shown("predictions")) {
            Prediction answer = format.unframe("predictions", each.value().array());
            String id = answer.getStreamKey() + " " + answer.getImageId();
            assertThat(each.key()).isEqualTo(answer.getStreamKey());
            assertThat(answers.add(id)).as("answered once: " + id).isTrue();
        }
        return answers;
    }

    private Map<Message.Place, DeadLetter> letters() {
        WireFormat<DeadLetter> format = new WireFormat<>(DeadLetter.getClassSchema());
        Map<Message.Place, DeadLetter> letters = new HashMap<>();
        for (ConsoleTool.Shown each : shown("letters")) {
            DeadLetter letter = format.unframe("letters", each.value().array());
            assertThat(letter.getTopic()).isEqualTo(TestStream.TOPIC);
            assertThat(letters.put(new Message.Place(letter.getPartition(), letter.getOffset()), letter))
                    .as("one letter for " + letter)
                    .isNull();
        }
        return letters;
    }

    private static void requireOriginal(DeadLetter letter, Message message) {
        assertThat(letter.getReason()).isNotBlank();
        byte[] value = message.value();
        ByteBuffer bytes = letter.getBytes();
        if (value == null) {
            assertThat(bytes).as(letter.getReason()).isNull();
        } else if (bytes != null && value.length > WHOLE_BYTES) {
            assertThat(bytes).as("start of the record").isEqualTo(ByteBuffer.wrap(value, 0, bytes.remaining()));
        } else if (value.length <= WHOLE_BYTES) {
            assertThat(bytes).as(letter.getReason()).isEqualTo(ByteBuffer.wrap(value));
        }
    }

    /**
     * Results are byte for byte those of another run: of some keys all results in their order, and the dead letters of
     * all that can only be one.
     */
    void requireSameAs(Audit other, Set<String> keys) {
        assertThat(byKey("predictions", keys)).hasSameSizeAs(keys).isEqualTo(other.byKey("predictions", keys));
        assertThat(byKey("components", keys)).isEqualTo(other.byKey("components", keys));
        assertThat(lettersAsTheyAre()).isEqualTo(other.lettersAsTheyAre());
    }

    private Map<String, List<ByteBuffer>> byKey(String output, Set<String> keys) {
        Map<String, List<ByteBuffer>> byKey = new TreeMap<>();
        for (ConsoleTool.Shown each : shown(output)) {
            if (keys.contains(each.key())) {
                byKey.computeIfAbsent(each.key(), key -> new ArrayList<>()).add(each.value());
            }
        }
        return byKey;
    }

    /** Letters of records that are bad in themselves; which of an odd camera's become letters may differ. */
    private Set<ByteBuffer> lettersAsTheyAre() {
        WireFormat<DeadLetter> format = new WireFormat<>(DeadLetter.getClassSchema());
        Set<ByteBuffer> letters = new HashSet<>();
        for (ConsoleTool.Shown each : shown("letters")) {
            DeadLetter letter = format.unframe("letters", each.value().array());
            Message message = sent.get(new Message.Place(letter.getPartition(), letter.getOffset()));
            if (message != null && message.fate() == Message.Fate.DEAD_LETTER) {
                letters.add(each.value());
            }
        }
        return letters;
    }
}
