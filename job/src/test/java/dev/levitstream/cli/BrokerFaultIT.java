package dev.levitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.embedded.EmbeddedKafka;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Clients and brokers that do not speak the same protocol: real brokers, and every command that is a client. */
@Timeout(600)
class BrokerFaultIT {
    private static final String SECRET = "secret-1";
    private static final List<List<String>> COMMANDS =
            List.of(List.of("run", "--ui-port", "0"), List.of("publish"), List.of("watch"));

    @TempDir
    private Path dir;

    /** The error line of a command, the same for all. */
    private static String error(String servers, String... client) {
        List<String> errors = new ArrayList<>();
        for (List<String> command : COMMANDS) {
            List<String> args = new ArrayList<>(command);
            args.addAll(List.of("--kafka.bootstrap-servers", servers));
            if (client.length > 0) {
                args.addAll(List.of("--kafka.client", String.join(",", client)));
            }
            StringWriter err = new StringWriter();
            CommandLine commandLine = Main.commandLine(args.toArray(String[]::new));
            commandLine.setErr(new PrintWriter(err));
            commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
            assertThat(commandLine.execute(args.toArray(String[]::new))).isEqualTo(1);
            errors.add(err.toString().strip().replaceFirst("topics \\[.*]", "topics"));
        }
        assertThat(errors).allMatch(errors.get(0)::equals);
        assertThat(errors.get(0)).startsWith("levit-stream: ").hasLineCount(1);
        return errors.get(0).substring("levit-stream: ".length());
    }

    private Path keyStore() throws IOException, InterruptedException {
        Path store = dir.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "RSA",
                        "-alias",
                        "broker",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        SECRET,
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("keytool").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        return store;
    }

    @Test
    void aListenerWithTlsTellsClientsWithoutAndThoseThatDoNotTrustIt() throws Exception {
        String store = keyStore().toString();
        Map<String, String> tls = Map.of(
                "listener.security.protocol.map",
                "CLIENTS:SSL,CONTROLLER:PLAINTEXT",
                "ssl.keystore.location",
                store,
                "ssl.keystore.password",
                SECRET,
                "ssl.truststore.location",
                store,
                "ssl.truststore.password",
                SECRET);
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0, tls)) {
            String servers = kafka.bootstrapServers();
            String at = "kafka.bootstrap-servers=" + servers;
            assertThat(error(servers))
                    .isEqualTo("the broker at " + at + " speaks TLS, but kafka.client=security.protocol=PLAINTEXT does"
                            + " not: set kafka.client=security.protocol=SSL");
            assertThat(error(servers, "security.protocol=SSL"))
                    .startsWith("the TLS handshake with " + at + " failed: ")
                    .contains("unable to find valid certification path");
            assertThat(error(
                            servers,
                            "security.protocol=SSL",
                            "ssl.truststore.location=" + store,
                            "ssl.truststore.password=" + SECRET))
                    .contains("do not exist at " + servers);
        }
    }

    @Test
    void aListenerWithoutTlsTellsClientsWithIt() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0)) {
            assertThat(error(kafka.bootstrapServers(), "security.protocol=SSL"))
                    .isEqualTo("the broker at kafka.bootstrap-servers=" + kafka.bootstrapServers()
                            + " does not speak TLS, but kafka.client=security.protocol=SSL does: set another, such as"
                            + " kafka.client=security.protocol=PLAINTEXT");
        }
    }

    @Test
    void aBrokerThatWantsAPasswordTellsThoseWithoutAndThoseWithAnother() throws Exception {
        String module = "org.apache.kafka.common.security.plain.PlainLoginModule required";
        Map<String, String> sasl = Map.of(
                "listener.security.protocol.map",
                "CLIENTS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms",
                "PLAIN",
                "sasl.mechanism.inter.broker.protocol",
                "PLAIN",
                "listener.name.clients.plain.sasl.jaas.config",
                module + " username=\"admin\" password=\"" + SECRET + "\" user_admin=\"" + SECRET + "\";");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0, sasl)) {
            String servers = kafka.bootstrapServers();
            assertThat(error(servers))
                    .isEqualTo("something listens at kafka.bootstrap-servers=" + servers
                            + ", but serves no client with kafka.client=security.protocol=PLAINTEXT within 10 s: it"
                            + " wants another protocol, as with SASL, or is no Kafka broker");
            assertThat(error(
                            servers,
                            "security.protocol=SASL_PLAINTEXT",
                            "sasl.mechanism=PLAIN",
                            "sasl.jaas.config=" + module + " username=\"admin\" password=\"wrong\";"))
                    .startsWith("the broker at kafka.bootstrap-servers=" + servers + " refused authentication: ");
        }
    }

    @Test
    void whatIsNoBrokerIsNotTakenForOne() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertThat(error("127.0.0.1:" + silent.getLocalPort())).contains("something listens at", "no Kafka broker");
        }
    }
}
