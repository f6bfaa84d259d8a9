package dev.levitstream.job;

import dev.levitstream.common.OptionReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The options of brokers, topics and delivery. */
final class KafkaOptionReader {
    private KafkaOptionReader() {}

    static KafkaOptions read(OptionReader r) {
        KafkaOptions base = KafkaOptions.DEFAULT;
        String servers = r.free()
                .text(
                        "kafka.bootstrap-servers",
                        base.bootstrapServers(),
                        "host:port, comma-separated",
                        "Kafka brokers");
        String images = r.structural().text("kafka.images", base.images(), "topic", "image records in");
        String predictions = r.free().text("kafka.predictions", base.predictions(), "topic", "predictions out");
        String created = r.free()
                .text("kafka.components-created", base.componentsCreated(), "topic", "component-created events out");
        String letters = r.free().text("kafka.dead-letters", base.deadLetters(), "topic", "unusable records out");
        String events = r.free()
                .text("kafka.events", base.events(), "topic", "what happens to streams and to the input besides, out");
        String fast = r.free()
                .text(
                        "kafka.fast-topic",
                        base.fastTopic(),
                        "a topic of its own, empty for none",
                        "predictions at once, at least once, beside those of kafka.predictions, out")
                .trim();
        String group =
                r.free().text("kafka.group-id", base.groupId(), "any text", "consumer group, for lag monitoring");
        return new KafkaOptions(
                servers,
                images,
                predictions,
                created,
                letters,
                events,
                fast,
                group,
                r.structural()
                        .text(
                                "kafka.transaction-prefix",
                                KafkaOptions.prefixOf(group, List.of(predictions, created, letters, events)),
                                "unique per job",
                                "start of transactional ids, by default group and result topics; never change it between restores"),
                r.free()
                        .whole(
                                "kafka.transaction-timeout-millis",
                                base.transactionTimeoutMillis(),
                                "milliseconds, above checkpoint.interval-millis",
                                "after which the broker aborts what a dead job left open"),
                r.free()
                        .choice(
                                "kafka.offset-reset",
                                base.offsetReset(),
                                "where to go on when images were deleted before they were read, or their topic is another one;"
                                        + " fail ends the job"),
                r.free().yesNo("kafka.exactly-once", base.exactlyOnce(), "false: results at once, at least once"),
                properties(r.free()
                        .text("kafka.client", "", "name=value, comma-separated", "further Kafka client properties")));
    }

    private static Map<String, String> properties(String text) {
        LinkedHashMap<String, String> properties = new LinkedHashMap<>();
        for (String pair : text.isBlank() ? new String[0] : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("kafka.client=" + pair + " must be name=value");
            }
            properties.put(
                    pair.substring(0, equals).trim(), pair.substring(equals + 1).trim());
        }
        return properties;
    }
}
