package dev.levitstream.cli;

import dev.levitstream.common.Check;
import dev.levitstream.data.Dataset;
import dev.levitstream.data.ImageFeed;
import dev.levitstream.data.ImageFolder;
import dev.levitstream.data.LabelFile;
import dev.levitstream.data.PictureFile;
import dev.levitstream.data.Sample;
import dev.levitstream.data.Skipped;
import dev.levitstream.data.VideoFrames;
import dev.levitstream.embedded.OnInterrupt;
import dev.levitstream.embedded.PublishFormat;
import dev.levitstream.embedded.StreamPublisher;
import dev.levitstream.embedded.WorkFolder;
import dev.levitstream.job.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Publishes images as a stream. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        description = "Publishes a data set, a folder of pictures, a video or drawn images to Kafka as one stream.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class PublishCommand implements Callable<Integer> {
    private static final String ALL = "all";
    private static final String TRAIN = "train";
    private static final String TEST = "test";
    private static final List<String> PARTS = List.of(ALL, TRAIN, TEST);

    @Spec
    private CommandSpec spec;

    @Mixin
    private DataOptions data;

    @Mixin
    private VideoOptions video;

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
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "avro",
            description = "avro: image records; image: the picture itself is the Kafka value, its id, label and event"
                    + " time are headers. Default: ${DEFAULT-VALUE}.")
    private String format;

    @Option(
            names = "--label",
            paramLabel = "LABEL",
            description = "Label of all pictures of --folder or --video. Default: the names of the sub-folders.")
    private @Nullable String label;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "CSV file with a path in --folder and a label per line; pictures that it does not name have"
                    + " no label. Default: the names of the sub-folders.")
    private @Nullable Path labels;

    @Option(
            names = "--unlabelled",
            paramLabel = "SHARE",
            description = "Share of images published without their label, 0 to 1. Default: 0.")
    private @Nullable Double unlabelled;

    @Option(names = "--seed", paramLabel = "SEED", description = "Draws which images lose their label. Default: 1.")
    private @Nullable Long seed;

    @Option(
            names = "--part",
            paramLabel = "PART",
            description = "train: phase after phase; test: the held-out images, of a folder every tenth; all. Default:"
                    + " all of a folder, train of a data set.")
    private @Nullable String part;

    @Option(
            names = "--from",
            paramLabel = "COUNT",
            defaultValue = "0",
            description =
                    "Images to leave out at the start, to go on after an interruption. Default: ${DEFAULT-VALUE}.")
    private long from;

    @Override
    public Integer call() throws Exception {
        Check.that(rate >= 0, "rate", rate, "must be at least 0");
        Check.that(
                !streamKey.isEmpty() && streamKey.length() <= 256,
                "stream-key",
                streamKey,
                "must have 1 to 256 characters");
        Check.that(
                unlabelled == null || (unlabelled >= 0 && unlabelled <= 1),
                "unlabelled",
                String.valueOf(unlabelled),
                "must be 0 to 1");
        Check.that(from >= 0, "from", from, "must be at least 0");
        requireSense();
        PublishFormat written = written();
        Skipped skipped = new Skipped();
        Optional<VideoFrames.Source> source = video.source(Optional.ofNullable(label));
        Optional<ImageFeed> listed = source.isPresent() ? Optional.empty() : Optional.of(feed(skipped));
        Topics.require(connection.bootstrapServers(), connection.client(), List.of(topic));
        ImageFeed feed = listed.isPresent() ? listed.get() : video.open(source.orElseThrow());
        StreamPublisher publisher = new StreamPublisher(
                connection.bootstrapServers(), topic, streamKey, rate, connection.client(), written);
        Publishing publishing = new Publishing(feed, publisher, skipped, from, this::tell);
        OnInterrupt.close(publishing);
        boolean ended = publishing.run(
                progressBar("publishing", feed.count()),
                unlabelled == null ? 0 : unlabelled,
                new SplittableRandom(seed == null ? 1 : seed));
        if (!ended) {
            return WorkFolder.INTERRUPTED;
        }
        if (publisher.published() == 0 && skipped.count() > 0) {
            throw new IOException("there was no image to publish");
        }
        spec.commandLine().getOut().println("published " + publisher.published() + " images to " + topic);
        return 0;
    }

    private void tell(String line) {
        spec.commandLine().getErr().println("levit-stream: " + line);
    }

    private void requireSense() {
        data.requireSense();
        video.requireSense();
        Given.requireAlone("--label", label, "--labels", labels);
        if (video.isGiven()) {
            data.requireNone("must not stand beside --video");
            Given.requireNone(
                    "must not stand beside --video",
                    "--labels",
                    labels,
                    "--part",
                    part,
                    "--rate",
                    rate == 0 ? null : rate);
            if (label == null) {
                Given.requireNone("must stand with images that have labels", "--unlabelled", unlabelled);
            }
            if (video.isLive()) {
                Given.requireNone("must not stand beside a --video that is live", "--from", from == 0 ? null : from);
            }
        } else if (data.folder().isEmpty()) {
            Given.requireNone(
                    "must stand beside --folder, whose pictures it labels", "--label", label, "--labels", labels);
        }
        if (unlabelled == null) {
            Given.requireNone("must stand beside --unlabelled", "--seed", seed);
        }
        Check.that(
                label == null || (label.length() <= 256 && !label.isEmpty()),
                "label",
                String.valueOf(label),
                "must have 1 to 256 characters");
        Check.that(part == null || PARTS.contains(part), "part", String.valueOf(part), "must be one of " + PARTS);
    }

    private PublishFormat written() {
        return Arrays.stream(PublishFormat.values())
                .filter(candidate -> candidate.key().equals(format))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("format=" + format + " must be avro or image"));
    }

    private ImageFeed feed(Skipped skipped) throws IOException {
        Dataset dataset;
        String chosen;
        if (data.folder().isPresent()) {
            chosen = part == null ? ALL : part;
            List<Sample> pictures = pictures(data.folder().get(), skipped);
            dataset = chosen.equals(ALL) ? data.whole(pictures) : data.split(pictures);
        } else {
            chosen = part == null ? TRAIN : part;
            dataset = data.read(skipped);
        }
        List<Sample> samples = new ArrayList<>();
        if (!chosen.equals(TEST)) {
            dataset.train().forEach(phase -> samples.addAll(phase.samples()));
        }
        if (!chosen.equals(TRAIN)) {
            samples.addAll(dataset.test());
        }
        boolean labelled = samples.stream().anyMatch(sample -> sample.label().isPresent());
        Check.that(
                labelled || unlabelled == null,
                "unlabelled",
                String.valueOf(unlabelled),
                "must stand with images that have labels");
        Check.that(
                from <= samples.size(),
                "from",
                from,
                "must be at most " + samples.size() + ", as many images there are");
        if (!labelled) {
            tell(dataset.name() + " has no sub-folders with pictures, whose names would be labels: published without");
        }
        return ImageFeed.of(samples, (place, sample) -> imageId(dataset.name() + "-" + chosen, place, sample));
    }

    private List<Sample> pictures(Path folder, Skipped skipped) throws IOException {
        List<Sample> pictures = ImageFolder.list(folder, skipped);
        if (labels != null) {
            return LabelFile.label(labels, pictures, this::tell);
        }
        return label == null
                ? pictures
                : pictures.stream()
                        .map(sample -> new Sample(Optional.of(label), sample.content()))
                        .toList();
    }

    /** The path of a picture in its folder, or the end of a longer one; else a number. */
    private static String imageId(String name, int place, Sample sample) {
        String id = sample.content() instanceof PictureFile picture
                ? picture.name()
                : String.format("%s-%06d", name, place);
        return id.substring(Math.max(0, id.length() - 256));
    }

    /** A bar on the error stream, so that pipes stay clean. */
    private static ProgressBar progressBar(String task, OptionalLong count) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(count.orElse(-1))
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(500)
                .showSpeed()
                .continuousUpdate()
                .build();
    }
}
