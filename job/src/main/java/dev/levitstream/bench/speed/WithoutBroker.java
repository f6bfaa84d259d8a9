package dev.levitstream.bench.speed;

import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.job.JobOptions;
import dev.levitstream.job.JobSinks;
import dev.levitstream.job.LevitStreamJob;
import dev.levitstream.operator.ReceivedRecord;
import dev.levitstream.operator.SourceRecord;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.WireFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * The job without a broker: images are generated as they are asked for, predictions counted and thrown away. What slots
 * do for each other shows only so, where a broker would share their cores.
 */
final class WithoutBroker implements Contestant {
    private static final String TOPIC = "generated";
    /** Event time and Kafka timestamp of all images: nothing here depends on them. */
    private static final Instant TIME = Instant.ofEpochMilli(1_577_836_800_000L);
    /** More images than any bench asks for (count). */
    private static final long ENDLESS = 1L << 40;

    private static final long POLL_MILLIS = 10;

    private final int keys;
    private final FileCount asked;
    private final FileCount answered;
    private final EmbeddedJob job;
    private long before;

    /**
     * @param keys streams, of which images come in turn
     * @param footage what they show
     * @param folder for checkpoints and counts, its own
     */
    WithoutBroker(JobOptions options, List<String> keys, Footage footage, Path folder) throws Exception {
        this.keys = keys.size();
        this.asked = FileCount.create(folder.resolve("asked"));
        this.answered = FileCount.create(folder.resolve("answered"));
        JobSinks sinks = new JobSinks(
                new CountingSink<>(answered),
                Optional.empty(),
                new DiscardingSink<>(),
                new DiscardingSink<>(),
                new DiscardingSink<>(),
                new DiscardingSink<>(),
                new DiscardingSink<>(),
                new DiscardingSink<>());
        DataGeneratorSource<ReceivedRecord> source = new DataGeneratorSource<>(
                new Images(keys, footage, asked), ENDLESS, TypeInformation.of(ReceivedRecord.class));
        this.job = EmbeddedJob.start(
                options,
                folder.resolve("checkpoints"),
                EmbeddedKafka.freePort(),
                env -> LevitStreamJob.build(env, source, sinks, options));
    }

    @Override
    public double round(int images) throws Exception {
        asked.add(images * keys);
        Round round = new Round(images * keys);
        while (!round.isOver()) {
            if (job.hasEnded()) {
                throw new IllegalStateException("the job has ended before the images did");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            long now = answered.value();
            round.answered((int) (now - before));
            before = now;
        }
        return round.rate();
    }

    @Override
    public void close() throws Exception {
        job.close();
    }

    /**
     * Images of all keys in turn, taken at one time, for readers beside each other make them. A reader waits for images
     * to be asked for, and its checkpoint with it: a limit for the source's rate would count where it makes none.
     */
    private static final class Images implements GeneratorFunction<Long, ReceivedRecord> {
        private static final long serialVersionUID = 1;

        private final String[] keys;
        private final Footage footage;
        private final FileCount asked;
        private transient long made;
        private transient int readers;

        @SuppressWarnings("NullAway.Init") // opened before it maps
        private transient WireFormat<ImageRecord> format;

        private Images(List<String> keys, Footage footage, FileCount asked) {
            this.keys = keys.toArray(String[]::new);
            this.footage = footage;
            this.asked = asked;
        }

        @Override
        public void open(SourceReaderContext context) {
            readers = context.currentParallelism();
            format = new WireFormat<>(ImageRecord.getClassSchema());
        }

        @Override
        public ReceivedRecord map(Long number) throws IOException, InterruptedException {
            while (made * readers >= asked.value()) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
            made++;
            ImageRecord record = footage.image(keys[(int) (number % keys.length)], number / keys.length, TIME);
            return ReceivedRecord.of(new SourceRecord(TOPIC, 0, number, TIME.toEpochMilli(), format.frame(record)));
        }
    }

    /** Counts what comes and throws it away. */
    private record CountingSink<T>(FileCount count) implements Sink<T> {
        @Override
        public SinkWriter<T> createWriter(WriterInitContext context) {
            return new SinkWriter<>() {
                @Override
                public void write(T element, Context context) throws IOException {
                    count.add(1);
                }

                @Override
                public void flush(boolean endOfInput) {
                    // each is counted at once
                }

                @Override
                public void close() {
                    // nothing is open
                }
            };
        }
    }
}
