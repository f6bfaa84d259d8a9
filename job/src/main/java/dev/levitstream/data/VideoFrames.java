package dev.levitstream.data;

import dev.levitstream.common.Check;
import dev.levitstream.picture.PictureException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Pictures of a video at equal times, from the system's {@code ffmpeg}: a file, a camera's address or a device. It
 * prints JPEG pictures, each with its length before it ({@code -f mpjpeg}), and is read no faster than they are taken.
 */
public final class VideoFrames implements ImageFeed {
    private static final String LENGTH = "content-length:";
    private static final int LONGEST_LINE = 256;
    private static final int LARGEST = 16 << 20;
    private static final long END_SECONDS = 5;

    private final Source source;
    private final Instant start;
    private final Process process;
    private final InputStream pictures;
    private final Thread errors;
    private final ExecutorService reader = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "ffmpeg-pictures");
        thread.setDaemon(true);
        return thread;
    });
    private volatile String lastError = "";
    private volatile boolean closed;
    private long read;

    /**
     * What to read.
     *
     * @param input file, URL or device
     * @param every media time from picture to picture, at least 1 ms
     * @param patience longest wait for a picture
     * @param label of all pictures, if they have one
     */
    public record Source(String input, Duration every, Duration patience, Optional<String> label) {
        /**
         * Checks it.
         *
         * @throws IllegalArgumentException if there is no such file, or the time is too short
         */
        public Source {
            Check.that(every.toMillis() >= 1, "every", every, "must be at least 1 ms");
            Check.that(
                    isUrl(input) || Files.exists(Path.of(input)), "video", input, "must be a file, a device or a URL");
        }

        private static boolean isUrl(String input) {
            return input.matches("[a-z][a-z0-9+.-]*://.*");
        }

        /** Whether it goes on by itself, and is never the same twice. */
        public boolean isLive() {
            return isUrl(input) || input.startsWith("/dev/");
        }

        /** As it may be shown: without a password. */
        String shown() {
            return withoutPassword(input);
        }

        /** What ffmpeg is told. */
        List<String> arguments() {
            List<String> words = new ArrayList<>(List.of("-nostdin", "-hide_banner", "-loglevel", "error"));
            if (input.startsWith("rtsp://")) {
                words.addAll(List.of("-rtsp_transport", "tcp")); // pictures whole, or none
            } else if (input.startsWith("/dev/video")) {
                words.addAll(List.of("-f", "v4l2"));
            }
            words.addAll(List.of("-i", isLive() ? input : "file:" + input));
            words.addAll(List.of("-an", "-vf", "fps=1000/" + every.toMillis()));
            words.addAll(List.of("-f", "mpjpeg", "-c:v", "mjpeg", "-q:v", "2", "pipe:1"));
            return words;
        }
    }

    private VideoFrames(Source source, Instant start, Process process) {
        this.source = source;
        this.start = start;
        this.process = process;
        this.pictures = new BufferedInputStream(process.getInputStream());
        this.errors = new Thread(this::drainErrors, "ffmpeg-errors");
        errors.setDaemon(true);
        errors.start();
    }

    /**
     * Starts to read.
     *
     * @param ffmpeg name or path of the program
     * @param start event time of the first picture
     * @throws IOException with one line, if there is no such program
     */
    public static VideoFrames open(String ffmpeg, Source source, Instant start) throws IOException {
        List<String> command = new ArrayList<>(List.of(ffmpeg));
        command.addAll(source.arguments());
        try {
            return new VideoFrames(source, start, new ProcessBuilder(command).start());
        } catch (IOException e) {
            throw new IOException(
                    ffmpeg + " cannot be started, which reads videos: install it (Debian: ffmpeg), or name it with"
                            + " --ffmpeg",
                    e);
        }
    }

    @Override
    public Optional<Item> next() throws IOException {
        Optional<byte[]> bytes = closed ? Optional.empty() : patiently();
        if (bytes.isEmpty()) {
            requireEnd();
            return Optional.empty();
        }
        Instant time = start.plus(source.every().multipliedBy(read));
        String id = source.isLive()
                ? time.toString()
                : String.format("%s-%06d", Path.of(source.input()).getFileName(), read);
        read++;
        return Optional.of(new Item(
                id.substring(Math.max(0, id.length() - 256)),
                new Sample(source.label(), () -> image(id, bytes.get())),
                Optional.of(time)));
    }

    private static Image image(String id, byte[] bytes) throws IOException {
        try {
            return Rescaling.image(bytes);
        } catch (PictureException e) {
            throw new IOException("picture " + id + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** A source that falls silent may do so for ever. */
    private Optional<byte[]> patiently() throws IOException {
        Future<Optional<byte[]>> picture = reader.submit(this::picture);
        try {
            return picture.get(source.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            close();
            throw new IOException(
                    "video=" + source.shown() + " gave no picture for "
                            + source.patience().toSeconds() + " s" + after(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            if (closed) {
                return Optional.empty();
            }
            String line = e.getCause() instanceof EOFException ? "was cut off" : "cannot be read: " + e.getCause();
            throw new IOException("video=" + source.shown() + " " + line + after(), e);
        }
    }

    /** One part of a multipart stream; empty at its end. */
    private Optional<byte[]> picture() throws IOException {
        int length = -1;
        for (String line = line(); line != null; line = line()) {
            if (line.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
                length = Integer.parseInt(line.substring(LENGTH.length()).trim());
            } else if (line.isEmpty() && length >= 0) {
                if (length > LARGEST) {
                    throw new IOException("picture of " + length + " bytes");
                }
                byte[] bytes = pictures.readNBytes(length);
                if (bytes.length < length) {
                    throw new EOFException();
                }
                return Optional.of(bytes);
            }
        }
        return Optional.empty();
    }

    /** A line of the head of a part, null at the end of the stream. */
    private @Nullable String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = pictures.read(); next >= 0; next = pictures.read()) {
            if (next == '\n') {
                return line.toString().strip();
            }
            line.append((char) next);
            if (line.length() > LONGEST_LINE) {
                throw new IOException("no stream of pictures, but " + line);
            }
        }
        return null;
    }

    /** The end must be that of a file that was read whole. */
    private void requireEnd() throws IOException {
        if (closed) {
            return;
        }
        int code = exitCode();
        if (source.isLive()) {
            throw new IOException("video=" + source.shown() + " ended" + after());
        }
        if (code != 0 || read == 0) {
            throw new IOException(
                    "video=" + source.shown() + " cannot be read" + (read == 0 ? "" : " to its end") + after());
        }
    }

    private int exitCode() {
        try {
            errors.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
            return process.waitFor(END_SECONDS, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    private String after() {
        return " after " + read + " pictures" + (lastError.isEmpty() ? "" : ": " + withoutPassword(lastError));
    }

    private void drainErrors() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                lastError = line.isBlank() ? lastError : line.strip();
            }
        } catch (IOException e) {
            lastError = "ffmpeg's errors cannot be read: " + e.getMessage();
        }
    }

    private static String withoutPassword(String text) {
        return text.replaceAll("://[^/@\\s]*@", "://");
    }

    @Override
    public OptionalLong count() {
        return OptionalLong.empty();
    }

    @Override
    public boolean isRepeatable() {
        return !source.isLive();
    }

    @Override
    public void close() {
        closed = true;
        reader.shutdown();
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
