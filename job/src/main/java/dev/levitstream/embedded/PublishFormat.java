package dev.levitstream.embedded;

import dev.levitstream.common.ImageShape;
import dev.levitstream.data.Image;
import dev.levitstream.data.Rescaling;
import dev.levitstream.operator.InputFormat;
import dev.levitstream.operator.ReceivedRecord;
import dev.levitstream.picture.PictureSize;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.WireFormat;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.ProducerRecord;

/** How an image becomes a Kafka record; its key is the stream key. {@code schemas/README.md} is the contract. */
public enum PublishFormat {
    /** An {@link ImageRecord}. */
    AVRO {
        @Override
        ProducerRecord<byte[], byte[]> record(
                String topic, String streamKey, Image image, Outgoing what, WireFormat<ImageRecord> framing) {
            ImageRecord record = new ImageRecord(
                    streamKey,
                    what.imageId(),
                    what.eventTime(),
                    image.size().height(),
                    image.size().width(),
                    image.size().channels(),
                    image.encoding(),
                    ByteBuffer.wrap(image.bytes()),
                    what.label().orElse(null));
            return new ProducerRecord<>(topic, utf8(streamKey), framing.frame(record));
        }
    },
    /** The picture itself, and the rest as headers. */
    IMAGE {
        @Override
        ProducerRecord<byte[], byte[]> record(
                String topic, String streamKey, Image image, Outgoing what, WireFormat<ImageRecord> framing)
                throws IOException {
            byte[] picture = image.encoding() == Encoding.RAW ? png(image) : image.bytes();
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, utf8(streamKey), picture);
            record.headers().add(ReceivedRecord.IMAGE_ID, utf8(what.imageId()));
            what.label().ifPresent(label -> record.headers().add(ReceivedRecord.LABEL, utf8(label)));
            record.headers()
                    .add(ReceivedRecord.EVENT_TIME, utf8(what.eventTime().toString()));
            return record;
        }
    };

    /**
     * The record of an image.
     *
     * @param framing of Avro records; borrowed, for it is not thread-safe
     * @throws IOException if the image cannot be encoded
     */
    abstract ProducerRecord<byte[], byte[]> record(
            String topic, String streamKey, Image image, Outgoing what, WireFormat<ImageRecord> framing)
            throws IOException;

    /** The one that a job with this input reads. */
    public static PublishFormat of(InputFormat input) {
        return switch (input) {
            case AVRO -> AVRO;
            case IMAGE -> IMAGE;
        };
    }

    /** Its name in options. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Pixels of one or three channels as a picture with the same values. */
    private static byte[] png(Image image) throws IOException {
        PictureSize size = image.size();
        BufferedImage picture;
        if (size.channels() == 1) {
            picture = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_BYTE_GRAY);
            picture.getRaster().setDataElements(0, 0, size.width(), size.height(), image.bytes());
        } else {
            picture = Rescaling.picture(image.bytes(), new ImageShape(size.height(), size.width(), size.channels()));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", out);
        return out.toByteArray();
    }
}
