package dev.levitstream.job;

import dev.levitstream.nn.engine.NativeEngine;
import dev.levitstream.operator.EmbedOperatorFactory;
import dev.levitstream.operator.FrameReader;
import dev.levitstream.operator.KeyedRecord;
import dev.levitstream.operator.LearnerOperatorFactory;
import dev.levitstream.operator.OperatorOptions;
import dev.levitstream.operator.Outputs;
import dev.levitstream.operator.ReceivedRecord;
import dev.levitstream.schema.Prediction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSink;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FlinkException;
import org.rocksdb.CompressionType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The job: images from Kafka, one learner per stream key, predictions and component-created events to Kafka. */
public final class LevitStreamJob {
    private static final Logger LOG = LoggerFactory.getLogger(LevitStreamJob.class);
    private static final String NAME = "levit-stream";
    private static final String CAUSE = "Caused by: ";
    /** A barrier that is held up longer than this overtakes the records before it. */
    private static final Duration ALIGNED_AT_MOST = Duration.ofMillis(50);

    /** Longest that a key's image waits for others to share a network buffer with; Flink's own is 100 ms. */
    private static final Duration BUFFERED_AT_MOST = Duration.ofMillis(5);

    private LevitStreamJob() {}

    /**
     * Entry point of {@code flink run}.
     *
     * @throws ProgramParametrizationException if an option, a topic or the cluster's class path is wrong; Flink's
     *     command line shows its one line
     */
    public static void main(String[] args) throws Exception {
        CommandSpec spec = CommandSpec.create().mixinStandardHelpOptions(true);
        CommandLineOptions.addTo(spec, "flink run levit-stream-job.jar", args);
        try {
            CommandLine.ParseResult parsed = new CommandLine(spec).parseArgs(args);
            if (!CommandLine.printHelpIfRequested(parsed)) {
                NativeEngine.require();
                execute(CommandLineOptions.read(parsed, Map.of(), LOG::warn));
            }
        } catch (CommandLine.UnmatchedArgumentException e) {
            throw new ProgramParametrizationException(e.getMessage() + CommandLineOptions.closest(e));
        } catch (CommandLine.ParameterException | IllegalArgumentException | IllegalStateException e) {
            throw new ProgramParametrizationException(e.getMessage());
        }
    }

    private static void execute(JobOptions options) throws Exception {
        Topics.require(options.kafka());
        requireOwnTransactions(options.kafka());
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration(options));
        buildOnKafka(env, options);
        execute(env);
    }

    /**
     * Submits the graph of an environment.
     *
     * @throws IllegalStateException with the cause in one line, if the cluster does not take it
     */
    static void execute(StreamExecutionEnvironment env) throws Exception {
        try {
            env.execute(NAME);
        } catch (FlinkException e) {
            if (!String.valueOf(e.getMessage()).startsWith("Failed to execute job")) {
                throw e; // of a job that ran
            }
            throw new IllegalStateException("the cluster does not take the job: " + innermost(e), e);
        }
    }

    /** The innermost cause, also of a stack that a cluster has sent as text. */
    private static String innermost(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String text = root.toString();
        return text.lines()
                .filter(line -> line.startsWith(CAUSE))
                .reduce((outer, inner) -> inner)
                .map(line -> line.substring(CAUSE.length()))
                .orElseGet(() -> text.lines().findFirst().orElse(text));
    }

    /**
     * Looks whether another job that runs writes under the same transaction prefix; takes some seconds if it seems so.
     *
     * @throws IllegalStateException with one line, if there is one
     */
    public static void requireOwnTransactions(KafkaOptions options) throws InterruptedException {
        if (options.exactlyOnce()) {
            JobLease.of(options).requireFree();
        }
    }

    /** The graph over Kafka. */
    public static void buildOnKafka(StreamExecutionEnvironment env, JobOptions options) {
        build(env, KafkaEndpoints.images(options.kafka()), KafkaEndpoints.sinks(options.kafka()), options);
    }

    /** What the job needs of any cluster; everything else belongs in the cluster's own configuration. */
    public static Configuration configuration(JobOptions options) {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.NAME, NAME);
        configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false); // every operator names its state
        configuration.set(PipelineOptions.GENERIC_TYPES, false); // no Kryo: state must stay readable
        configuration.set(PipelineOptions.MAX_PARALLELISM, options.maxParallelism());
        configuration.set(ExecutionOptions.BUFFER_TIMEOUT, BUFFERED_AT_MOST);
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(options.checkpointMillis()));
        configuration.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        configuration.set(CheckpointingOptions.ENABLE_UNALIGNED, options.unaligned());
        configuration.set(CheckpointingOptions.ALIGNED_CHECKPOINT_TIMEOUT, ALIGNED_AT_MOST);
        configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        // learnt numbers do not shrink, and trying to make them takes longer than writing them
        configuration.set(RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL, List.of(CompressionType.NO_COMPRESSION));
        configuration.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        configuration.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 3);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        // not before a dead task manager is noticed: an earlier restart fails and doubles the wait
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofSeconds(3));
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofSeconds(30));
        return configuration;
    }

    /**
     * The graph over any source and sinks: two tasks, one that reads, decodes and embeds images, one that learns, each
     * with the writers of its results.
     *
     * <p>Why nothing is united on the way to a sink: a task that reads from two others can miss that data has come
     * while a barrier overtakes records (Flink 2.3). Then neither it nor, once buffers are full, anything before it
     * goes on, and no checkpoint completes any more.
     */
    public static void build(
            StreamExecutionEnvironment env, Source<ReceivedRecord, ?, ?> source, JobSinks sinks, JobOptions options) {
        env.setParallelism(options.parallelism());
        env.getConfig()
                .setGlobalJobParameters(Configuration.fromMap(
                        Map.of("learner", options.operator().learner().toString())));
        WatermarkStrategy<ReceivedRecord> watermarks = WatermarkStrategy.<ReceivedRecord>forBoundedOutOfOrderness(
                        Duration.ofMillis(options.lateMillis()))
                .withIdleness(Duration.ofMillis(options.idleMillis()));
        SingleOutputStreamOperator<KeyedRecord> decoded = env.fromSource(source, watermarks, "images")
                .uid("images")
                .process(new FrameReader(options.inputFormat(), options.operator()))
                .name("decode")
                .uid("stream-key"); // as it was first; savepoints know it by that, and the sink of its dead letters too
        SingleOutputStreamOperator<Prediction> predictions = embedded(decoded, sinks, options.operator())
                .keyBy(KeyedRecord::streamKey, BasicTypeInfo.STRING_TYPE_INFO)
                .transform(
                        "learner",
                        new AvroTypeInfo<>(Prediction.class),
                        new LearnerOperatorFactory(options.operator(), options.structure()))
                .uid("learner");
        write(decoded.getSideOutput(Outputs.DEAD_LETTERS), sinks.inputDeadLetters(), "without-key")
                .name("input-dead-letters");
        write(decoded.getSideOutput(Outputs.EVENTS), sinks.inputEvents(), "input-events");
        sinks.fast().ifPresent(fast -> write(predictions, fast, "fast-predictions"));
        write(predictions, sinks.predictions(), "predictions");
        write(predictions.getSideOutput(Outputs.COMPONENTS_CREATED), sinks.componentsCreated(), "components-created");
        write(predictions.getSideOutput(Outputs.DEAD_LETTERS), sinks.deadLetters(), "dead-letters");
        write(predictions.getSideOutput(Outputs.EVENTS), sinks.events(), "events");
    }

    /** In the task that has read and decoded them, so that images of a partition keep their order. */
    private static DataStream<KeyedRecord> embedded(
            SingleOutputStreamOperator<KeyedRecord> decoded, JobSinks sinks, OperatorOptions options) {
        if (!EmbedOperatorFactory.isNeeded(options)) {
            return decoded;
        }
        SingleOutputStreamOperator<KeyedRecord> embedded = decoded.transform(
                        "embed", decoded.getType(), new EmbedOperatorFactory(options))
                .uid("embed");
        write(embedded.getSideOutput(Outputs.DEAD_LETTERS), sinks.embedDeadLetters(), "embed-dead-letters");
        return embedded;
    }

    private static <T> DataStreamSink<T> write(DataStream<T> results, Sink<T> sink, String name) {
        return results.sinkTo(sink).name(name).uid(name);
    }
}
