package dev.levitstream.cli;

import dev.levitstream.broker.EmbeddedKafka;
import dev.levitstream.job.ExpandableVitJob;
import dev.levitstream.job.JobOptions;
import dev.levitstream.job.JobSinks;
import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.nn.ImageShape;
import dev.levitstream.operator.SourceRecord;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.WireFormat;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Images per second of the job without a broker: images are generated, results thrown away. What slots do for each
 * other shows only so, where a broker would share their cores.
 */
final class SlotSpeed {
    private static final String TOPIC = "generated";

    private final Map<String, String> given;
    private final List<String> keys;
    private final int warmUp;
    private final int count;
    private final WorkFolder folder;
    private int runs;

    /**
     * @param given options of the job, the image's shape among them
     * @param keys streams, of which images come in turn
     * @param warmUp images of a key (count) that are not counted
     * @param count images of a key (count) that are
     * @param folder for checkpoints
     */
    SlotSpeed(Map<String, String> given, List<String> keys, int warmUp, int count, WorkFolder folder) {
        this.given = given;
        this.keys = keys;
        this.warmUp = warmUp;
        this.count = count;
        this.folder = folder;
    }

    /** Images per second of a job with so many slots; starts twice, and takes the difference. */
    double rate(int slots) throws Exception {
        long little = millis(slots, warmUp);
        long all = millis(slots, warmUp + count);
        return 1e3 * keys.size() * count / (all - little);
    }

    private long millis(int slots, int images) throws Exception {
        Map<String, String> own = new LinkedHashMap<>(given);
        own.put("parallelism", Integer.toString(slots));
        JobOptions options = OptionCatalogue.read(own);
        JobSinks nowhere = new JobSinks(new DiscardingSink<>(), new DiscardingSink<>(), new DiscardingSink<>());
        DataGeneratorSource<SourceRecord> source = new DataGeneratorSource<>(
                new Images(keys, options.operator().learner().image()),
                (long) keys.size() * images,
                TypeInformation.of(SourceRecord.class));
        try (EmbeddedJob job = EmbeddedJob.start(
                options,
                folder.path("checkpoints-slots-" + runs++),
                EmbeddedKafka.freePort(),
                env -> ExpandableVitJob.build(env, source, nowhere, options))) {
            return job.netMillis();
        }
    }

    /** Random images with ten labels. */
    private static final class Images implements GeneratorFunction<Long, SourceRecord> {
        private static final long serialVersionUID = 1;

        private final String[] keys;
        private final ImageShape shape;

        @SuppressWarnings("NullAway.Init") // opened before it maps
        private transient WireFormat<ImageRecord> format;

        private Images(List<String> keys, ImageShape shape) {
            this.keys = keys.toArray(String[]::new);
            this.shape = shape;
        }

        @Override
        public void open(SourceReaderContext context) {
            format = new WireFormat<>(ImageRecord.getClassSchema());
        }

        @Override
        public SourceRecord map(Long number) throws Exception {
            long image = number / keys.length;
            LabelledImage content = Contestant.image(shape, image);
            ImageRecord record = new ImageRecord(
                    keys[(int) (number % keys.length)],
                    Long.toString(image),
                    Instant.ofEpochMilli(image),
                    shape.height(),
                    shape.width(),
                    shape.channels(),
                    Encoding.RAW,
                    ByteBuffer.wrap(content.pixels()),
                    content.label().orElseThrow());
            return new SourceRecord(TOPIC, 0, number, image, format.frame(record));
        }
    }
}
