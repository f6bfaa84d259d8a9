package dev.levitstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {
    @Test
    void aChosenPortIsHeldUntilTheBrokerTakesIt() throws IOException {
        BoundSockets sockets = new BoundSockets();
        int port = sockets.bind("CLIENTS", 0);
        assertThatThrownBy(() -> new ServerSocket(port, 1, InetAddress.getLoopbackAddress()))
                .hasMessageContaining("Address already in use");
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (ServerSocketChannel channel = sockets.openServerSocket("CLIENTS", address, 1, 1)) {
            assertThat(channel.getLocalAddress()).isEqualTo(address);
        }
        assertThatThrownBy(() -> sockets.openServerSocket("CLIENTS", address, 1, 1))
                .hasMessage("listener CLIENTS has no socket");
    }

    @Test
    void aPortInUseEndsTheStartAndNotTheProcess(@TempDir Path dir) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> EmbeddedKafka.start(dir, port))
                    .isInstanceOf(IOException.class)
                    .hasMessage("port " + port + " is in use: choose another, or 0 for any free one");
        }
    }

    @Test
    void aFreePortIsNoneThatOutgoingConnectionsGet() {
        for (int i = 0; i < 20; i++) {
            assertThat(EmbeddedKafka.freePort()).isBetween(20_000, 32_767);
        }
        assertThatThrownBy(() -> EmbeddedKafka.requireFree("ui-port", 65_536))
                .hasMessage("ui-port=65536 must be 0 to 65535");
    }
}
