package dev.levitstream.embedded;

import dev.levitstream.common.Check;
import dev.levitstream.schema.WireFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka broker that is its own controller (KRaft), on loopback ports; its data lie in a folder and survive a
 * restart on it.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final int NODE = 1;
    private static final String CLIENTS = "CLIENTS";
    private static final String CONTROLLER = "CONTROLLER";
    private static final int FIRST_PORT = 20_000;
    private static final int FIRST_EPHEMERAL = 32_768;
    private static final int LAST_PORT = 65_535;
    private static final int ATTEMPTS = 100;
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
    private static final String LARGEST_MESSAGE = Integer.toString(WireFormat.MAX_MESSAGE_BYTES + (1 << 16));

    private final Broker broker;
    private final String bootstrapServers;

    private EmbeddedKafka(Broker broker, String bootstrapServers) {
        this.broker = broker;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Starts a broker; it is ready when this returns (2 to 8 seconds).
     *
     * @param folder for its data
     * @param port for clients, 0 for any free one
     * @throws IOException if the folder or the port cannot be used
     */
    public static EmbeddedKafka start(Path folder, int port) throws IOException {
        return start(folder, port, Map.of());
    }

    /**
     * The same with further settings of the broker.
     *
     * @param settings broker properties by name, as {@code transactional.id.expiration.ms}
     */
    public static EmbeddedKafka start(Path folder, int port, Map<String, String> settings) throws IOException {
        BoundSockets sockets = new BoundSockets();
        try {
            int clients = sockets.bind(CLIENTS, port);
            Properties properties = properties(folder, clients, sockets.bind(CONTROLLER, 0));
            properties.putAll(settings);
            format(folder);
            return new EmbeddedKafka(Broker.start(properties, sockets), "127.0.0.1:" + clients);
        } catch (IOException | RuntimeException e) {
            sockets.close();
            throw e;
        }
    }

    private static void format(Path folder) throws IOException {
        try {
            String cluster = new MetaPropertiesEnsemble.Loader()
                    .addMetadataLogDir(folder.toString())
                    .addLogDirs(List.of(folder.toString()))
                    .load()
                    .clusterId()
                    .orElseGet(() -> Uuid.randomUuid().toString()); // a folder that was used keeps its own
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setNodeId(NODE)
                    .setClusterId(cluster)
                    .setControllerListenerName(CONTROLLER)
                    .setDirectories(List.of(folder.toString()))
                    .setMetadataLogDirectory(folder.toString())
                    .setIgnoreFormatted(true)
                    .run();
        } catch (Exception e) {
            throw new IOException("kafka folder " + folder + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static Properties properties(Path folder, int clients, int controller) {
        Properties properties = new Properties();
        properties.putAll(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", Integer.toString(NODE)),
                Map.entry("controller.quorum.voters", NODE + "@127.0.0.1:" + controller),
                Map.entry("listeners", "CLIENTS://127.0.0.1:" + clients + ",CONTROLLER://127.0.0.1:" + controller),
                Map.entry("advertised.listeners", "CLIENTS://127.0.0.1:" + clients),
                Map.entry("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("inter.broker.listener.name", "CLIENTS"),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("log.dirs", folder.toString()),
                Map.entry("message.max.bytes", LARGEST_MESSAGE),
                Map.entry("replica.fetch.max.bytes", LARGEST_MESSAGE),
                // one node holds all copies there are
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("transaction.state.log.num.partitions", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                Map.entry("share.coordinator.state.topic.num.partitions", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20))));
        return properties;
    }

    /** Address for clients. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Creates topics of one partition each, so that records keep their order. */
    public void createTopics(List<String> names) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            List<NewTopic> topics =
                    names.stream().map(name -> new NewTopic(name, 1, (short) 1)).toList();
            admin.createTopics(topics).all().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating topics " + names, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("topics " + names + " could not be created", e);
        }
    }

    /**
     * A loopback port that nobody listens on, for a process that will. It lies below those that kernels give to
     * outgoing connections (32768 and up on Linux), so that none of these takes it until then.
     */
    public static int freePort() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, FIRST_EPHEMERAL);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                LOG.debug("port {} is in use", port, e);
            }
        }
        throw new IllegalStateException("no free loopback port from " + FIRST_PORT + " to " + FIRST_EPHEMERAL);
    }

    /**
     * Checks that nobody listens on a port.
     *
     * @param option of the command line that chose it
     * @throws IOException if somebody does
     */
    public static int requireFree(String option, int port) throws IOException {
        Check.that(port >= 0 && port <= LAST_PORT, option, port, "must be 0 to " + LAST_PORT);
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw BoundSockets.unusable(port, e);
        }
    }

    @Override
    public void close() {
        broker.close();
    }
}
