package dev.levitstream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.picture.PictureSize;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Videos through {@code ffmpeg} where it is installed, and through a script in its place, which prints what it would
 * print, everywhere.
 */
@Timeout(60)
class VideoFramesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration HALF = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path dir;

    private Path picture;

    @BeforeEach
    void aPicture() throws IOException {
        picture = dir.resolve("picture.jpg");
        ImageIO.write(new BufferedImage(32, 24, BufferedImage.TYPE_INT_RGB), "jpeg", picture.toFile());
    }

    /** A program that prints a picture when its script says {@code part}. */
    private String script(String body) throws IOException {
        Path script = Files.writeString(dir.resolve("fake-ffmpeg"), """
                #!/bin/sh
                part() {
                  printf -- '--ffmpeg\\r\\nContent-type: image/jpeg\\r\\nContent-length: %%s\\r\\n\\r\\n' "$(wc -c <%1$s)"
                  cat %1$s
                  printf '\\r\\n'
                }
                %2$s
                """.formatted(picture, body));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script.toString();
    }

    private static VideoFrames.Source source(String input, Duration patience) {
        return new VideoFrames.Source(input, HALF, patience, Optional.of("walk"));
    }

    private static List<ImageFeed.Item> all(ImageFeed feed) throws IOException {
        List<ImageFeed.Item> items = new ArrayList<>();
        for (Optional<ImageFeed.Item> next = feed.next(); next.isPresent(); next = feed.next()) {
            items.add(next.get());
        }
        return items;
    }

    @Test
    void aVideoGivesPicturesAtEqualTimes() throws Exception {
        Path video = dir.resolve("a video.mp4");
        String ffmpeg = "ffmpeg";
        try {
            List<String> command = new ArrayList<>(List.of(
                    "ffmpeg -nostdin -loglevel error -f lavfi -i testsrc=s=32x24:r=25:d=3 -c:v mpeg4".split(" ", -1)));
            command.add(video.toString());
            assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                    .isZero();
        } catch (IOException e) { // not installed: what it would print is printed by a script
            Files.createFile(video);
            ffmpeg = script("part; part; part; part; part; part");
        }
        try (VideoFrames frames = VideoFrames.open(ffmpeg, source(video.toString(), PATIENCE), START)) {
            List<ImageFeed.Item> items = all(frames);
            assertThat(items).hasSize(6);
            assertThat(items.get(5).imageId()).isEqualTo("a video.mp4-000005");
            assertThat(items.get(5).eventTime()).contains(START.plusMillis(2500));
            assertThat(items.get(5).sample().label()).contains("walk");
            assertThat(items.get(5).sample().content().read().size()).isEqualTo(new PictureSize(24, 32, 3));
            assertThat(frames.isRepeatable()).isTrue();
        }
    }

    @Test
    void aMissingProgramIsNamedWithItsCure() {
        assertThatThrownBy(() -> VideoFrames.open("no-such-ffmpeg", source(picture.toString(), PATIENCE), START))
                .isInstanceOf(IOException.class)
                .hasMessage("no-such-ffmpeg cannot be started, which reads videos: install it (Debian: ffmpeg), or"
                        + " name it with --ffmpeg");
    }

    @Test
    void aFileThatIsNoVideoShowsTheLastLineOfTheProgram() throws IOException {
        String ffmpeg = script("echo first >&2; echo 'moov atom not found' >&2; echo >&2; exit 1");
        try (VideoFrames frames = VideoFrames.open(ffmpeg, source(picture.toString(), PATIENCE), START)) {
            assertThatThrownBy(frames::next)
                    .hasMessage("video=" + picture + " cannot be read after 0 pictures: moov atom not found");
        }
        try (VideoFrames frames = VideoFrames.open(script("exit 0"), source(picture.toString(), PATIENCE), START)) {
            assertThatThrownBy(frames::next).hasMessage("video=" + picture + " cannot be read after 0 pictures");
        }
        String broken = script("part; echo 'Invalid data found' >&2; exit 1");
        try (VideoFrames frames = VideoFrames.open(broken, source(picture.toString(), PATIENCE), START)) {
            assertThat(frames.next()).isPresent();
            assertThatThrownBy(frames::next)
                    .hasMessage("video=" + picture + " cannot be read to its end after 1 pictures: Invalid data found");
        }
    }

    @Test
    void aCameraThatGoesIsOneLineWithoutItsPassword() throws IOException {
        String camera = "rtsp://admin:secret@camera.example/1";
        String ffmpeg = script("part; part; echo \"$0: rtsp://admin:secret@camera.example/1: Connection reset\" >&2");
        try (VideoFrames frames = VideoFrames.open(ffmpeg, source(camera, PATIENCE), START)) {
            assertThat(frames.next().orElseThrow().imageId()).isEqualTo("2026-01-01T00:00:00Z");
            assertThat(frames.next().orElseThrow().imageId()).isEqualTo("2026-01-01T00:00:00.500Z");
            assertThatThrownBy(frames::next)
                    .hasMessageStartingWith("video=rtsp://camera.example/1 ended after 2 pictures: ")
                    .hasMessageEndingWith("rtsp://camera.example/1: Connection reset");
            assertThat(frames.isRepeatable()).isFalse();
        }
    }

    @Test
    void aCameraThatFallsSilentIsNotWaitedForForEver() throws IOException {
        String ffmpeg = script("part; exec sleep 600");
        try (VideoFrames frames =
                VideoFrames.open(ffmpeg, source("rtsp://camera.example/1", Duration.ofSeconds(1)), START)) {
            assertThat(frames.next()).isPresent();
            assertThatThrownBy(frames::next)
                    .hasMessage("video=rtsp://camera.example/1 gave no picture for 1 s after 1 pictures");
        }
    }

    @Test
    void picturesThatAreCutOffOrNoneAreSaid() throws IOException {
        String cut = script("printf -- '--ffmpeg\\r\\nContent-length: 100\\r\\n\\r\\nabc'");
        try (VideoFrames frames = VideoFrames.open(cut, source(picture.toString(), PATIENCE), START)) {
            assertThatThrownBy(frames::next).hasMessage("video=" + picture + " was cut off after 0 pictures");
        }
        String other = script("head -c 1000 /dev/zero | tr '\\0' x");
        try (VideoFrames frames = VideoFrames.open(other, source(picture.toString(), PATIENCE), START)) {
            assertThatThrownBy(frames::next).hasMessageContaining("no stream of pictures, but xxx");
        }
        String huge = script("printf -- '--ffmpeg\\r\\nContent-length: 2000000000\\r\\n\\r\\nabc'");
        try (VideoFrames frames = VideoFrames.open(huge, source(picture.toString(), PATIENCE), START)) {
            assertThatThrownBy(frames::next).hasMessageContaining("picture of 2000000000 bytes");
        }
    }

    @Test
    void aBrokenPictureEndsNothing() throws IOException {
        String ffmpeg = script("printf -- '--ffmpeg\\r\\nContent-length: 3\\r\\n\\r\\nabc\\r\\n'; part");
        try (VideoFrames frames = VideoFrames.open(ffmpeg, source(picture.toString(), PATIENCE), START)) {
            Sample broken = frames.next().orElseThrow().sample();
            assertThatThrownBy(() -> broken.content().read()).hasMessageContaining("cannot be used");
            assertThat(frames.next().orElseThrow().sample().content().read().bytes())
                    .isEqualTo(Files.readAllBytes(picture));
            assertThat(frames.next()).isEmpty();
        }
    }

    @Test
    void closingEndsTheProgramAndTheFeed() throws IOException {
        VideoFrames frames = VideoFrames.open(
                script("echo $$ >" + dir.resolve("pid") + "; part; exec sleep 600"),
                source("rtsp://camera.example/1", PATIENCE),
                START);
        assertThat(frames.next()).isPresent();
        frames.close();
        assertThat(frames.next()).isEmpty();
        long pid = Long.parseLong(Files.readString(dir.resolve("pid")).strip());
        assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
                .isFalse();
    }

    @Test
    void whatCannotBeReadIsRefused() {
        assertThatThrownBy(() -> source("no-such-file.mp4", PATIENCE))
                .hasMessage("video=no-such-file.mp4 must be a file, a device or a URL");
        assertThatThrownBy(() -> new VideoFrames.Source(picture.toString(), Duration.ZERO, PATIENCE, Optional.empty()))
                .hasMessage("every=PT0S must be at least 1 ms");
    }
}
