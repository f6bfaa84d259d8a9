package dev.levitstream.operator;

import dev.levitstream.common.Check;
import dev.levitstream.schema.MalformedRecordException;
import java.io.Serializable;
import java.time.Instant;

/**
 * Which event times are believed; the rule depends on the record alone, so a replay decides the same.
 *
 * @param earliest the first that is; what is earlier is usually in seconds
 * @param aheadMillis most that an event time may lie ahead of its record's Kafka timestamp (milliseconds), at least 0;
 *     none may lie in or beyond the year 2200, whatever the record's timestamp
 */
public record EventTimeOptions(Instant earliest, long aheadMillis) implements Serializable {
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");
    /** Times of real pictures begin here; used to guess a unit, not to refuse. */
    private static final Instant PICTURES_BEGIN = Instant.parse("2000-01-01T00:00:00Z");

    /** From 1971 on, at most a day ahead. */
    public static final EventTimeOptions DEFAULT =
            new EventTimeOptions(Instant.parse("1971-01-01T00:00:00Z"), 86_400_000);

    public EventTimeOptions {
        Check.that(earliest.isBefore(LATEST), "event-time.earliest", earliest, "must be before " + LATEST);
        Check.that(aheadMillis >= 0, "event-time.ahead-millis", aheadMillis, "must be at least 0");
    }

    /**
     * Checks the event time of an image.
     *
     * @param field what it was read from, for the error alone
     * @throws MalformedRecordException with the rule, and the unit that was probably meant
     */
    void check(SourceRecord source, String field, Instant eventTime) {
        if (eventTime.isBefore(earliest)) {
            refuse(source, field, eventTime, "must be at least " + earliest + " (option event-time.earliest)");
        }
        if (!eventTime.isBefore(LATEST)) {
            refuse(source, field, eventTime, "must be before " + LATEST);
        }
        boolean stamped = source.timestamp() >= 0; // the oldest message formats carry no timestamp
        if (stamped && eventTime.toEpochMilli() - source.timestamp() > aheadMillis) {
            refuse(
                    source,
                    field,
                    eventTime,
                    "must be at most " + aheadMillis + " ms ahead of the record's timestamp "
                            + Instant.ofEpochMilli(source.timestamp()) + " (option event-time.ahead-millis)");
        }
    }

    private static void refuse(SourceRecord source, String field, Instant eventTime, String rule) {
        throw new MalformedRecordException(source.topic(), field, eventTime, rule + hint(eventTime));
    }

    private static String hint(Instant eventTime) {
        long number = eventTime.toEpochMilli();
        if (isPlausible(number / 1_000_000)) {
            return "; looks like nanoseconds";
        }
        if (isPlausible(number / 1000)) {
            return "; looks like microseconds";
        }
        // 2200 in seconds is far below where a thousandfold overflows
        return number < LATEST.getEpochSecond() && isPlausible(number * 1000) ? "; looks like seconds" : "";
    }

    private static boolean isPlausible(long millis) {
        return millis >= PICTURES_BEGIN.toEpochMilli() && millis < LATEST.toEpochMilli();
    }
}
