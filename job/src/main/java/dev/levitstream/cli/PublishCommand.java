package dev.levitstream.cli;

import dev.levitstream.common.Check;
import dev.levitstream.data.Dataset;
import dev.levitstream.data.Phase;
import dev.levitstream.data.Sample;
import dev.levitstream.embedded.StreamPublisher;
import dev.levitstream.job.Topics;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Publishes images as a stream. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        description =
                "Publishes a data set, a folder of pictures or drawn images to Kafka as one stream, phase after phase.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class PublishCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DataOptions data;

    @Mixin
    private ConnectionOptions connection;

    @Option(
            names = "--kafka.images",
            paramLabel = "TOPIC",
            defaultValue = "images",
            description = "Topic. Default: ${DEFAULT-VALUE}.")
    private String topic;

    @Option(
            names = "--stream-key",
            paramLabel = "KEY",
            defaultValue = "demo",
            description = "Stream that the images belong to. Default: ${DEFAULT-VALUE}.")
    private String streamKey;

    @Option(
            names = "--rate",
            paramLabel = "IMAGES",
            defaultValue = "0",
            description = "Images per second; 0 for as fast as the broker takes them. Default: ${DEFAULT-VALUE}.")
    private double rate;

    @Option(
            names = "--unlabelled",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of images published without their label, 0 to 1. Default: ${DEFAULT-VALUE}.")
    private double unlabelled;

    @Option(
            names = "--part",
            paramLabel = "PART",
            defaultValue = "train",
            description = "train: phase after phase; test: the held-out images. Default: ${DEFAULT-VALUE}.")
    private String part;

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            defaultValue = "1",
            description = "Draws which images lose their label. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Override
    public Integer call() throws Exception {
        Check.that(rate >= 0, "rate", rate, "must be at least 0");
        Check.that(unlabelled >= 0 && unlabelled <= 1, "unlabelled", unlabelled, "must be 0 to 1");
        Check.that(part.equals("train") || part.equals("test"), "part", part, "must be train or test");
        Dataset dataset = data.read();
        List<Sample> samples = part.equals("test")
                ? dataset.test()
                : dataset.train().stream()
                        .map(Phase::samples)
                        .flatMap(List::stream)
                        .toList();
        Topics.require(connection.bootstrapServers(), connection.client(), List.of(topic));
        SplittableRandom random = new SplittableRandom(seed);
        try (StreamPublisher publisher = new StreamPublisher(
                        connection.bootstrapServers(), topic, streamKey, rate, connection.client());
                ProgressBar bar = progressBar("publishing", samples.size())) {
            for (int i = 0; i < samples.size(); i++) {
                String id = String.format("%s-%s-%06d", dataset.name(), part, i);
                publisher.publish(samples.get(i), id, StreamPublisher.keepsLabel(random, unlabelled));
                bar.step();
            }
        }
        spec.commandLine()
                .getOut()
                .println("published " + samples.size() + " images of " + dataset.name() + " to " + topic);
        return 0;
    }

    /** A bar on the error stream, so that pipes stay clean. */
    static ProgressBar progressBar(String task, long count) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(count)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(500)
                .continuousUpdate()
                .build();
    }
}
