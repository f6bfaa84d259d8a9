package dev.levitstream.embedded;

import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.raft.QuorumConfig;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/** Broker and controller as {@link KafkaRaftServer} puts them together, but on sockets that are bound already. */
record Broker(ControllerServer controller, BrokerServer server) implements AutoCloseable {
    /**
     * Starts both; they are ready when this returns.
     *
     * @param properties of the broker; its folder is formatted
     * @param sockets one for each of its listeners
     */
    static Broker start(Properties properties, BoundSockets sockets) {
        KafkaConfig config = new KafkaConfig(properties, false);
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> folders =
                KafkaRaftServer.initializeLogDirs(config, LoggerFactory.getLogger(Broker.class), "");
        SharedServer shared = new SharedServer(
                config,
                folders._1(),
                Time.SYSTEM,
                new Metrics(),
                CompletableFuture.completedFuture(
                        QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
                QuorumConfig.parseBootstrapServers(config.quorumConfig().bootstrapServers()),
                new StandardFaultHandlerFactory(),
                sockets);
        Broker broker = new Broker(
                new ControllerServer(shared, KafkaRaftServer.configSchema(), folders._2()), new BrokerServer(shared));
        broker.controller.startup();
        broker.server.startup();
        return broker;
    }

    @Override
    public void close() {
        server.shutdown();
        controller.shutdown();
        server.awaitShutdown();
        controller.awaitShutdown();
    }
}
