package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.ImageShape;
import dev.levitstream.picture.Fit;
import dev.levitstream.picture.PictureOptions;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.MalformedRecordException;
import dev.levitstream.schema.WireFormat;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
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
        return Records.frame(new FrameDecoder(shape, Records.ANY_TIME, Records.EXACT), Records.source(0, value));
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
        assertThat(Records.frame(
                                new FrameDecoder(shape, Records.ANY_TIME, Records.EXACT), Records.source(0, unlabelled))
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

    /** A picture of 6x9 pixels of grey 100, as a record that declares a size. */
    private static byte[] decode(Encoding encoding, String format, int height, int width, int channels, Fit fit)
            throws IOException {
        BufferedImage image = new BufferedImage(9, 6, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 54; i++) {
            image.getRaster().setSample(i % 9, i / 9, 0, 100);
        }
        ImageRecord record = ImageRecord.newBuilder()
                .setStreamKey("key")
                .setImageId("id")
                .setEventTime(Instant.ofEpochMilli(9))
                .setHeight(height)
                .setWidth(width)
                .setChannels(channels)
                .setEncoding(encoding)
                .setBytes(ByteBuffer.wrap(encoded(image, format)))
                .build();
        byte[] value = new WireFormat<ImageRecord>(ImageRecord.getClassSchema()).frame(record);
        FrameDecoder decoder =
                new FrameDecoder(new ImageShape(2, 3, 3), Records.ANY_TIME, PictureOptions.DEFAULT.with(fit));
        return Records.frame(decoder, Records.source(0, value)).pixels();
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "bmp", "tiff"})
    void aPictureOfAnyFormatAndSizeNeedDeclareNothing(String format) throws IOException {
        assertThat(decode(Encoding.PICTURE, format, 0, 0, 0, Fit.STRETCH))
                .hasSize(18)
                .containsOnly(100);
        assertThat(decode(Encoding.PICTURE, format, 6, 9, 1, Fit.COVER))
                .hasSize(18)
                .containsOnly(100);
        assertThat(decode(Encoding.PICTURE, format, 6, 0, 3, Fit.CONTAIN))
                .hasSize(18)
                .containsOnly(100);
        assertThatThrownBy(() -> decode(Encoding.PICTURE, format, 6, 8, 0, Fit.STRETCH))
                .hasMessage("topic images: bytes.picture.size=6x9 must be 6x8 as declared");
        assertThatThrownBy(() -> decode(Encoding.PICTURE, format, 0, 0, 0, Fit.EXACT))
                .hasMessage("topic images: bytes.picture.size=6x9 must be 2x3 (option image.fit is exact)");
    }

    @Test
    void whatAPictureDeclaresMustBePossible() {
        assertThatThrownBy(() -> decode(Encoding.PNG, "png", -1, 0, 0, Fit.STRETCH))
                .hasMessage("topic images: shape=-1x0x0 must have sides of 0 or more and 0, 1 or 3 channels");
        assertThatThrownBy(() -> decode(Encoding.PNG, "png", 0, 0, 4, Fit.STRETCH))
                .hasMessage("topic images: shape=0x0x4 must have sides of 0 or more and 0, 1 or 3 channels");
        assertThatThrownBy(() -> decode(Encoding.PNG, "png", 6, 9, 1, Fit.EXACT))
                .hasMessage("topic images: shape=6x9x1 must be 2x3x3 (option image)");
        assertThatThrownBy(() -> decode(Encoding.PNG, "gif", 0, 0, 0, Fit.STRETCH))
                .hasMessage("topic images: bytes.png.format=gif must be png, the encoding of the record");
        assertThatThrownBy(() -> decode(Encoding.RAW, "png", 0, 0, 0, Fit.STRETCH))
                .hasMessage("topic images: shape=0x0x0 must have positive sides and 1 to 64 channels");
    }

    private static byte[] raw(ImageShape declared, int length, ImageShape shape, Fit fit) {
        byte[] pixels = new byte[length];
        Arrays.fill(pixels, (byte) 70);
        byte[] value = Records.bytes("key", "id", 9, declared, Encoding.RAW, pixels, null);
        FrameDecoder decoder = new FrameDecoder(shape, Records.ANY_TIME, PictureOptions.DEFAULT.with(fit));
        return Records.frame(decoder, Records.source(0, value)).pixels();
    }

    @Test
    void rawImagesAreFittedToo() {
        ImageShape grey = new ImageShape(4, 6, 1);
        ImageShape colour = new ImageShape(2, 2, 3);
        ImageShape five = new ImageShape(3, 2, 5);
        assertThat(raw(grey, 24, colour, Fit.STRETCH)).hasSize(12).containsOnly(70);
        assertThat(raw(colour, 12, grey, Fit.COVER)).hasSize(24).containsOnly(70);
        assertThat(raw(new ImageShape(9, 9, 5), 405, five, Fit.STRETCH))
                .hasSize(30)
                .containsOnly(70);
        assertThatThrownBy(() -> raw(colour, 12, five, Fit.STRETCH))
                .hasMessage("topic images: shape=2x2x3 must be 3x2x5 (option image)");
        assertThatThrownBy(() -> raw(grey, 24, colour, Fit.EXACT))
                .hasMessage("topic images: shape=4x6x1 must be 2x2x3 (option image)");
        assertThatThrownBy(() -> raw(grey, 23, colour, Fit.STRETCH))
                .hasMessage("topic images: bytes.length=23 must be 24 for 4x6x1");
    }

    @Test
    void aRecordWithoutAValueIsRefused() {
        assertThatThrownBy(() -> Records.frame(
                        new FrameDecoder(new ImageShape(8, 8, 1), Records.ANY_TIME, Records.EXACT),
                        Records.source(0, null)))
                .hasMessage("topic images: value=null must be an image record");
    }
}
