package dev.levitstream.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.server.ServerSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loopback sockets that are bound before the broker is configured, since its configuration names their ports: nobody
 * can take a port in between. A broker that cannot bind ends its whole process.
 */
final class BoundSockets implements ServerSocketFactory {
    private static final Logger LOG = LoggerFactory.getLogger(BoundSockets.class);

    private final Map<String, ServerSocketChannel> byListener = new ConcurrentHashMap<>();

    /**
     * Binds the socket of a listener.
     *
     * @param port 0 for one that the kernel chooses
     * @return the port
     * @throws IOException with one line, if it cannot be bound
     */
    int bind(String listener, int port) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        byListener.put(listener, channel);
        try {
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return channel.socket().getLocalPort();
        } catch (IOException e) {
            throw unusable(port, e);
        }
    }

    /** The one line about a port that cannot be bound. */
    static IOException unusable(int port, IOException failure) {
        boolean taken = String.valueOf(failure.getMessage()).startsWith("Address already in use");
        return new IOException(
                "port " + port + (taken ? " is in use" : " cannot be used (" + failure.getMessage() + ")")
                        + ": choose another, or 0 for any free one",
                failure);
    }

    @Override
    public ServerSocketChannel openServerSocket(
            String listenerName, InetSocketAddress socketAddress, int listenBacklogSize, int recvBufferSize)
            throws IOException {
        ServerSocketChannel channel = byListener.remove(listenerName); // owned by the broker from now on
        if (channel == null) {
            throw new IOException("listener " + listenerName + " has no socket");
        }
        return channel;
    }

    /** Closes those that no broker has taken. */
    void close() {
        byListener.values().forEach(channel -> {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("while closing", e);
            }
        });
    }
}
