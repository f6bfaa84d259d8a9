package dev.levitstream.cli;

import dev.levitstream.data.ImageFeed;
import dev.levitstream.data.VideoFrames;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which pictures of a video to publish. */
final class VideoOptions {
    private static final Duration USUAL = Duration.ofMillis(500);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    @Option(
            names = "--video",
            paramLabel = "INPUT",
            description = "Pictures of a video: a file, a camera's address (rtsp://...) or a device (/dev/video0); read"
                    + " by the system's ffmpeg. Their event times begin now and go on as the video does.")
    private @Nullable String video;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            description = "Time from picture to picture of --video, as in 500ms or 2s. Default: 500ms.")
    private @Nullable String every;

    @Option(names = "--ffmpeg", paramLabel = "PROGRAM", description = "Reads --video. Default: ffmpeg.")
    private @Nullable String ffmpeg;

    boolean isGiven() {
        return video != null;
    }

    /** Nothing that is given must be without effect. */
    void requireSense() {
        if (video == null) {
            Given.requireNone("must stand beside --video", "--every", every, "--ffmpeg", ffmpeg);
        }
    }

    /** Whether it goes on by itself. */
    boolean isLive() {
        return source(Optional.empty()).map(VideoFrames.Source::isLive).orElse(false);
    }

    /**
     * What to read; empty without a video.
     *
     * @param label of all pictures, if they have one
     * @throws IllegalArgumentException if there is no such file, or the time is none
     */
    Optional<VideoFrames.Source> source(Optional<String> label) {
        if (video == null) {
            return Optional.empty();
        }
        Duration apart = every == null ? USUAL : duration(every);
        return Optional.of(new VideoFrames.Source(video, apart, SILENCE.plus(apart.multipliedBy(2)), label));
    }

    /** Starts to read. */
    ImageFeed open(VideoFrames.Source source) throws IOException {
        return VideoFrames.open(ffmpeg == null ? "ffmpeg" : ffmpeg, source, Instant.now());
    }

    private static Duration duration(String text) {
        try {
            return TimeUtils.parseDuration(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("every=" + text + " must be a time, as in 500ms or 2s", e);
        }
    }
}
