package dev.levitstream.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MalformedRecordExceptionTest {
    @ParameterizedTest
    @CsvSource({
        "label, label",
        "streamKey.length, streamKey",
        "scores[2].label, scores",
        "bytes.jpeg.byte 17, bytes",
        "event-time, event-time",
    })
    void aFieldIsCountedByItsFirstName(String field, String part) {
        assertThat(new MalformedRecordException("images", field, 1, "must be 2").part())
                .isEqualTo(part);
    }
}
