package dev.levitstream.job;

import dev.levitstream.schema.WireFormat;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.TopicConfig;

/**
 * What a broker takes on a result topic, as far as messages must fit it.
 *
 * <p>The broker measures a batch after it was compressed, and those too large that hold several records the producer
 * splits by itself. So a message is accepted for certain if it fits alone and uncompressed, with some room for what
 * compression adds where there is nothing to gain.
 *
 * @param maxMessageBytes largest batch of records (bytes), at least {@value #LEAST}
 */
record TopicRules(int maxMessageBytes) {
    /** Of a topic that nothing is known of: what brokers have unless they are told otherwise. */
    static final TopicRules DEFAULT = new TopicRules(1_048_588);

    /**
     * Holds any message whose scores and bytes were cut away: a reason has 1000 characters at most, and the other
     * texts, six ids of images among them, 256.
     */
    static final int LEAST = 1 << 14;

    /** Headers of batch and record, 61 and at most 21 bytes, and those of compressed blocks. */
    private static final int OVERHEAD = 512;

    /** Compressed blocks that gained nothing are longer by this part of their length at most (snappy: 1/3276). */
    private static final int GROWTH = 256;

    /** A record that waits in the producer, or clocks that differ, may make it look this old or new (milliseconds). */
    private static final long TIME_DIFFERENCE = 600_000;

    /**
     * Reads a topic's settings.
     *
     * @throws IllegalStateException if the broker would refuse or drop results there, with the setting to change
     */
    static TopicRules of(String topic, Config config) {
        int most = Math.toIntExact(number(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG, DEFAULT.maxMessageBytes()));
        require(most >= LEAST, topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG, most, "at least " + LEAST);
        String cleanup = text(config, TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        require(
                !cleanup.contains(TopicConfig.CLEANUP_POLICY_COMPACT),
                topic,
                TopicConfig.CLEANUP_POLICY_CONFIG,
                cleanup,
                "delete: each result of a key would replace the one before it");
        if (!text(config, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime")
                .equals("LogAppendTime")) {
            requireTimes(topic, config, TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG);
            requireTimes(topic, config, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG);
        }
        return new TopicRules(most);
    }

    private static void requireTimes(String topic, Config config, String name) {
        long allowed = number(config, name, Long.MAX_VALUE);
        require(
                allowed >= TIME_DIFFERENCE,
                topic,
                name,
                allowed,
                "at least " + TIME_DIFFERENCE + ", or " + TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG + "=LogAppendTime");
    }

    private static void require(boolean holds, String topic, String name, Object found, String rule) {
        if (!holds) {
            throw new IllegalStateException(name + "=" + found + " of topic " + topic + " must be " + rule);
        }
    }

    private static long number(Config config, String name, long otherwise) {
        return Long.parseLong(text(config, name, Long.toString(otherwise)));
    }

    private static String text(Config config, String name, String otherwise) {
        ConfigEntry entry = config.get(name);
        return entry == null || entry.value() == null ? otherwise : entry.value();
    }

    /** What key and value of a record may have together (bytes). */
    int room() {
        return Math.min(maxMessageBytes - maxMessageBytes / GROWTH - OVERHEAD, WireFormat.MAX_MESSAGE_BYTES);
    }
}
