package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.ImageShape;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.MalformedRecordException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeOptionsTest {
    private static final Instant STAMP = Instant.parse("2024-05-06T07:08:09Z");
    private static final ImageShape SHAPE = new ImageShape(2, 2, 1);

    private static SourceRecord record(Instant eventTime, long timestamp) {
        byte[] value = Records.bytes("k", "i", eventTime.toEpochMilli(), SHAPE, Encoding.RAW, new byte[4], null);
        return new SourceRecord(Records.TOPIC, 0, 0, timestamp, value);
    }

    private static SourceRecord record(Instant eventTime) {
        return record(eventTime, STAMP.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT2H", "PT24H", "PT-2H", "P-9000D"})
    void timesAroundAndBeforeTheRecordsTimestampAreBelieved(Duration ahead) {
        Instant time = STAMP.plus(ahead);
        assertThat(Records.frame(new FrameDecoder(SHAPE, EventTimeOptions.DEFAULT, Records.EXACT), record(time))
                        .eventTime())
                .isEqualTo(time.toEpochMilli());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "1714979289, eventTime=1970-01-20T20:22:59.289Z must be at least 1971-01-01T00:00:00Z"
                + " (option event-time.earliest); looks like seconds",
        "1714979289000000, eventTime=+56315-07-14T07:50:00Z must be before 2200-01-01T00:00:00Z;"
                + " looks like microseconds",
        "1714979289000000000, must be before 2200-01-01T00:00:00Z; looks like nanoseconds",
        "-62135596800000, eventTime=0001-01-01T00:00:00Z must be at least 1971-01-01T00:00:00Z"
                + " (option event-time.earliest)",
        "9223372036854775807, must be before 2200-01-01T00:00:00Z",
        "-9223372036854775808, must be at least 1971-01-01T00:00:00Z (option event-time.earliest)",
        "7258118400000, eventTime=2200-01-01T00:00:00Z must be before 2200-01-01T00:00:00Z",
        "1715065689001, eventTime=2024-05-07T07:08:09.001Z must be at most 86400000 ms ahead of the record's timestamp"
                + " 2024-05-06T07:08:09Z (option event-time.ahead-millis)",
    })
    void otherTimesAreRefusedWithTheUnitThatWasProbablyMeant(long millis, String reason) {
        assertThatThrownBy(() -> Records.frame(
                        new FrameDecoder(SHAPE, EventTimeOptions.DEFAULT, Records.EXACT),
                        record(Instant.ofEpochMilli(millis))))
                .isInstanceOf(MalformedRecordException.class)
                .satisfies(
                        e -> assertThat(((MalformedRecordException) e).reason()).endsWith(reason));
    }

    @Test
    void aRecordWithoutATimestampIsJudgedByItsEventTimeAlone() {
        assertThatCode(() -> Records.frame(
                        new FrameDecoder(SHAPE, EventTimeOptions.DEFAULT, Records.EXACT), record(STAMP, -1)))
                .doesNotThrowAnyException();
    }

    @Test
    void theLimitsAreOptions() {
        EventTimeOptions options = new EventTimeOptions(STAMP, 5);
        FrameDecoder decoder = new FrameDecoder(SHAPE, options, Records.EXACT);
        assertThatCode(() -> Records.frame(decoder, record(STAMP.plusMillis(5))))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Records.frame(decoder, record(STAMP.plusMillis(6))))
                .hasMessageContaining("at most 5 ms");
        assertThatThrownBy(() -> Records.frame(decoder, record(STAMP.minusMillis(1))))
                .hasMessageContaining(STAMP.toString());
        assertThatThrownBy(() -> new EventTimeOptions(STAMP, -1))
                .hasMessage("event-time.ahead-millis=-1 must be at least 0");
        assertThatThrownBy(() -> new EventTimeOptions(Instant.parse("2200-01-01T00:00:00Z"), 0))
                .hasMessageContaining("event-time.earliest=2200-01-01T00:00:00Z must be before");
    }
}
