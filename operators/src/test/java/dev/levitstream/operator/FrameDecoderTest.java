package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.ImageShape;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.MalformedRecordException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {
    private static byte[] encoded(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, bytes)).isTrue();
        return bytes.toByteArray();
    }

    private static Frame decode(ImageShape shape, Encoding encoding, byte[] bytes, Object label) {
        byte[] value = Records.bytes("key", "id", 9, shape, encoding, bytes, label);
        return new FrameDecoder(shape, Records.ANY_TIME, Records.EXACT).decode(Records.source(0, value));
    }

    @Test
    void aGreyPngGivesItsOwnValuesUnbent() throws IOException {
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 256; i++) {
            image.getRaster().setSample(i % 16, i / 16, 0, i);
        }
        byte[] pixels = decode(new ImageShape(16, 16, 1), Encoding.PNG, encoded(image, "png"), "7")
                .image()
                .pixels();
        for (int i = 0; i < 256; i++) {
            assertThat(pixels[i] & 0xFF).isEqualTo(i);
        }
    }

    @Test
    void aColourPngKeepsItsChannelsAndTurnsGreyByLuma() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0x102030);
        image.setRGB(1, 0, 0xFFFFFF);
        byte[] png = encoded(image, "png");
        assertThat(decode(new ImageShape(1, 2, 3), Encoding.PNG, png, "x")
                        .image()
                        .pixels())
                .containsExactly(0x10, 0x20, 0x30, 0xFF, 0xFF, 0xFF);
        assertThat(decode(new ImageShape(1, 2, 1), Encoding.PNG, png, "x")
                        .image()
                        .pixels())
                .containsExactly(Math.round(0.299f * 0x10 + 0.587f * 0x20 + 0.114f * 0x30), 0xFF);
    }

    @Test
    void aJpegComesOutCloseToWhatWentIn() throws IOException {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 64; i++) {
            image.getRaster().setSample(i % 8, i / 8, 0, 100);
        }
        byte[] pixels = decode(new ImageShape(8, 8, 1), Encoding.JPEG, encoded(image, "jpeg"), "x")
                .image()
                .pixels();
        for (byte pixel : pixels) {
            assertThat(pixel & 0xFF).isBetween(98, 102);
        }
    }

    @Test
    void anIntLabelAndItsTextAreTheSameLabelAndNoneIsNone() {
        ImageShape shape = new ImageShape(1, 1, 1);
        assertThat(decode(shape, Encoding.RAW, new byte[1], 7).image().label()).contains("7");
        assertThat(decode(shape, Encoding.RAW, new byte[1], "7").image().label())
                .contains("7");
        byte[] unlabelled = Records.bytes("key", "id", 9, shape, Encoding.RAW, new byte[1], null);
        assertThat(new FrameDecoder(shape, Records.ANY_TIME, Records.EXACT)
                        .decode(Records.source(0, unlabelled))
                        .image()
                        .label())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg"})
    void aPictureOfAnotherSizeIsRefusedBeforeItIsDecoded(String format) throws IOException {
        byte[] picture = encoded(new BufferedImage(9, 8, BufferedImage.TYPE_BYTE_GRAY), format);
        Encoding encoding = format.equals("png") ? Encoding.PNG : Encoding.JPEG;
        assertThatThrownBy(() -> decode(new ImageShape(8, 8, 1), encoding, picture, "x"))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("topic images: bytes." + format + ".size=8x9 must be 8x8 as declared");
    }

    @Test
    void aPictureOfAnotherFormatIsRefusedWithBothNames() throws IOException {
        byte[] jpeg = encoded(new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY), "jpeg");
        assertThatThrownBy(() -> decode(new ImageShape(8, 8, 1), Encoding.PNG, jpeg, "x"))
                .hasMessage("topic images: bytes.png.format=jpeg must be png, the encoding of the record");
    }

    @Test
    void imagesOfMoreChannelsAreRawOnly() {
        ImageShape shape = new ImageShape(2, 2, 5);
        assertThat(decode(shape, Encoding.RAW, new byte[20], "x").image().pixels())
                .hasSize(20);
        assertThatThrownBy(() -> decode(shape, Encoding.PNG, new byte[20], "x"))
                .hasMessage("topic images: encoding=png must be RAW for images of 5 channels");
    }

    @Test
    void aRecordWithoutAValueIsRefused() {
        assertThatThrownBy(() -> new FrameDecoder(new ImageShape(8, 8, 1), Records.ANY_TIME, Records.EXACT)
                        .decode(Records.source(0, null)))
                .hasMessage("topic images: value=null must be an image record");
    }
}
