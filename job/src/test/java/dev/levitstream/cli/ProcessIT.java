package dev.levitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.embedded.EmbeddedKafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the commands leave behind, whom they answer, and how they end: real processes and real signals. */
class ProcessIT {
    /** Of {@code /proc/net/tcp}: the state of a socket that listens. */
    private static final String LISTENS = "0A";

    private static final Set<String> LOOPBACK =
            Set.of("0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000");

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    @Timeout(600)
    void aDemoThatIsStoppedLeavesNothingAndTalkedToNobodyElse(String signal, int code, @TempDir Path dir)
            throws Exception {
        int port = EmbeddedKafka.freePort();
        try (CommandProcess demo = CommandProcess.start(
                dir, Map.of(), "demo", "--per-phase", "3000", "--rate", "50", "--ui-port", Integer.toString(port))) {
            demo.await("Ctrl-C stops");
            assertThat(CommandProcess.left(dir)).as("folders while it runs").hasSize(1);
            assertThat(listening(demo.pid()))
                    .as("broker twice, web UI, blob server")
                    .hasSize(4)
                    .allMatch(LOOPBACK::contains);
            everyDoorIsShut(port);
            demo.signal(signal);
            assertThat(demo.exitCode()).isEqualTo(code);
            assertThat(demo.errors()).isEmpty();
        }
        assertThat(CommandProcess.left(dir)).isEmpty();
    }

    private static void everyDoorIsShut(int port) throws IOException {
        String own = "Host: 127.0.0.1:" + port;
        assertThat(answer(port, "GET /overview", own))
                .startsWith("HTTP/1.1 200")
                .contains("http://127.0.0.1:" + port)
                .doesNotContain("allow-origin: *");
        assertThat(answer(port, "GET /overview", own, "Origin: http://127.0.0.1:" + port))
                .startsWith("HTTP/1.1 200");
        assertThat(answer(port, "GET /overview", "Host: localhost:1")).startsWith("HTTP/1.1 200");
        for (String foreign :
                List.of("http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:" + port)) {
            assertThat(answer(port, "GET /overview", own, "Origin: " + foreign))
                    .as(foreign)
                    .startsWith("HTTP/1.1 403");
        }
        for (String host : List.of("evil.example:" + port, "127.0.0.1.evil.example", "192.168.0.1:" + port, "")) {
            assertThat(answer(port, "GET /overview", "Host: " + host)).as(host).startsWith("HTTP/1.1 403");
        }
        assertThat(answer(port, "GET /overview", own, "Host: evil.example")).startsWith("HTTP/1.1 403");
        String job = "/jobs/00000000000000000000000000000000";
        for (String door : List.of(
                "POST /jobs",
                "POST /v1/jobs",
                "POST /jars/upload",
                "POST /jars/any.jar/run",
                "DELETE /jars/any.jar",
                "PATCH " + job,
                "GET " + job + "/yarn-cancel",
                "GET /v1" + job + "/yarn-stop?mode=cancel",
                "POST " + job + "/stop",
                "POST " + job + "/savepoints",
                "POST " + job + "/checkpoints",
                "PATCH " + job + "/rescaling",
                "PUT " + job + "/resource-requirements",
                "POST /savepoint-disposal",
                "POST /jobmanager/profiler",
                "OPTIONS /jobs",
                "DELETE /cluster")) {
            assertThat(answer(port, door, own)).as(door).startsWith("HTTP/1.1 405");
        }
        assertThat(answer(port, "GET /config", own))
                .contains("\"web-submit\":false", "\"web-cancel\":false", "\"web-rescale\":false");
    }

    private static String answer(int port, String request, String... headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String head = request + " HTTP/1.1\r\n" + String.join("\r\n", headers)
                    + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** Addresses that a process listens on, as the kernel writes them. */
    private static List<String> listening(long pid) throws IOException {
        Set<String> sockets = new HashSet<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)) {
                    sockets.add(Files.readSymbolicLink(descriptor).toString());
                }
            }
        }
        List<String> addresses = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table))) {
                String[] columns = line.strip().split("\\s+", -1);
                if (columns[3].equals(LISTENS) && sockets.contains("socket:[" + columns[9] + "]")) {
                    addresses.add(columns[1].substring(0, columns[1].indexOf(':')));
                }
            }
        }
        return addresses;
    }

    @ParameterizedTest
    @CsvSource({"starting a Kafka broker", "starting a Flink cluster"})
    @Timeout(600)
    void aDemoThatIsStoppedWhileItStartsLeavesNothing(String printed, @TempDir Path dir) throws Exception {
        try (CommandProcess demo = CommandProcess.start(dir, Map.of(), "demo", "--per-phase", "100")) {
            demo.await(printed);
            demo.signal("TERM");
            assertThat(demo.exitCode()).isEqualTo(143);
            assertThat(demo.errors()).isEmpty();
        }
        assertThat(CommandProcess.left(dir)).isEmpty();
    }

    @Test
    @Timeout(600)
    void whatAKilledProcessLeftGoesWhenTheNextStartsAndNothingElseDoes(@TempDir Path dir) throws Exception {
        Path strange = Files.createDirectories(dir.resolve("tmp/levit-stream-notes"));
        try (CommandProcess killed = CommandProcess.start(dir, Map.of(), "demo", "--per-phase", "100")) {
            killed.await("starting a Flink cluster");
            try (CommandProcess beside = CommandProcess.start(dir, Map.of(), "publish", "--rate", "-1")) {
                assertThat(beside.exitCode()).isEqualTo(2);
                assertThat(beside.errors()).isEqualTo("levit-stream: rate=-1.0 must be at least 0");
            }
            assertThat(CommandProcess.left(dir)).as("of a process that lives").hasSize(2);
        }
        assertThat(CommandProcess.left(dir)).as("of a process that was killed").hasSize(2);
        try (CommandProcess next = CommandProcess.start(dir, Map.of(), "publish", "--rate", "-1")) {
            assertThat(next.exitCode()).isEqualTo(2);
        }
        assertThat(CommandProcess.left(dir))
                .containsExactly(strange.getFileName().toString());
    }

    @Test
    @Timeout(600)
    void aPlaceThatCannotBeWrittenIsNamedInOneLine(@TempDir Path dir) throws Exception {
        Path file = Files.createFile(dir.resolve("file"));
        String below = file.resolve("below").toString();
        try (CommandProcess demo = CommandProcess.start(dir, Map.of("TMPDIR", below), "demo")) {
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.errors())
                    .isEqualTo("levit-stream: folder " + below
                            + " cannot be written (Not a directory): choose another with TMPDIR");
        }
        try (CommandProcess help = CommandProcess.start(dir, Map.of("TMPDIR", below), "run", "--help")) {
            assertThat(help.exitCode()).isZero();
        }
        try (CommandProcess demo =
                CommandProcess.start(dir, Map.of("DJL_CACHE_DIR", below), "demo", "--per-phase", "100")) {
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.errors())
                    .isEqualTo("levit-stream: folder " + below + " cannot take the deep-learning engine's native"
                            + " libraries (Not a directory): set DJL_CACHE_DIR to a folder that can be written, with"
                            + " 500 MB left");
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0)) {
            kafka.createTopics(List.of("images", "predictions", "components-created", "dead-letters", "events"));
            try (CommandProcess run = CommandProcess.start(
                    dir,
                    Map.of(),
                    "run",
                    "--ui-port",
                    "0",
                    "--kafka.bootstrap-servers",
                    kafka.bootstrapServers(),
                    "--checkpoints",
                    below)) {
                assertThat(run.exitCode()).isEqualTo(1);
                assertThat(run.errors())
                        .isEqualTo("levit-stream: folder " + below
                                + " cannot be written (Not a directory): choose another with --checkpoints");
            }
        }
        assertThat(CommandProcess.left(dir)).isEmpty();
    }
}
