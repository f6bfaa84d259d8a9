package dev.levitstream.job;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.utils.Utils;

/**
 * Why no broker serves, in one line. A client that is not of the listener's protocol sees no more than silence, so what
 * listens is asked a second time, by hand.
 */
final class BrokerFault {
    private static final int MILLIS = 3000;
    private static final String OPTION = "kafka.bootstrap-servers=";
    private static final String PROTOCOL = "kafka.client=security.protocol=";

    private final String servers;
    private final String protocol;

    BrokerFault(String servers, Map<String, String> client) {
        this.servers = servers;
        this.protocol = client.getOrDefault("security.protocol", "PLAINTEXT");
    }

    /** The line about a client that could not be made. */
    String ofClient(Throwable failure) {
        Throwable root = root(failure);
        String message = String.valueOf(root.getMessage());
        if (root instanceof ConfigException && message.startsWith("No resolvable bootstrap urls")) {
            return OPTION + servers + " must name hosts that can be found; none of these is known here";
        }
        return "kafka.client does not serve: "
                + (root instanceof ConfigException ? message : root.getClass().getSimpleName() + ": " + message);
    }

    /** The line about a broker that did not answer a request. */
    String ofAnswer(Throwable failure, long seconds) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String root = String.valueOf(root(cause).getMessage());
        if (cause instanceof SaslAuthenticationException) {
            return "the broker at " + OPTION + servers + " refused authentication: " + cause.getMessage();
        }
        if (cause instanceof SslAuthenticationException) {
            return root.contains("Unsupported or unrecognized SSL message")
                    ? withoutTls()
                    : "the TLS handshake with " + OPTION + servers + " failed: " + root;
        }
        boolean secured = protocol.endsWith("SSL");
        Optional<Boolean> tls = Arrays.stream(servers.split(",", -1))
                .flatMap(server -> speaksTls(server.trim()).stream())
                .findFirst();
        if (tls.isEmpty()) {
            return "no Kafka broker answered at " + OPTION + servers + " within " + seconds + " s";
        }
        if (tls.get() && !secured) {
            return "the broker at " + OPTION + servers + " speaks TLS, but " + PROTOCOL + protocol + " does not: set "
                    + PROTOCOL + (protocol.startsWith("SASL") ? "SASL_SSL" : "SSL");
        }
        if (!tls.get() && secured) {
            return withoutTls();
        }
        return "something listens at " + OPTION + servers + ", but serves no client with " + PROTOCOL + protocol
                + " within " + seconds + " s: it wants another protocol, as with SASL, or is no Kafka broker";
    }

    private String withoutTls() {
        return "the broker at " + OPTION + servers + " does not speak TLS, but " + PROTOCOL + protocol
                + " does: set another, such as " + PROTOCOL
                + (protocol.startsWith("SASL") ? "SASL_PLAINTEXT" : "PLAINTEXT");
    }

    /** Whether a server speaks TLS; empty if nothing listens there. */
    private static Optional<Boolean> speaksTls(String server) {
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(Utils.getHost(server), Utils.getPort(server)), MILLIS);
            plain.setSoTimeout(MILLIS);
            return Optional.of(shakesHands(plain, server));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean shakesHands(Socket plain, String server) {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        try (SSLSocket tls =
                (SSLSocket) factory.createSocket(plain, Utils.getHost(server), Utils.getPort(server), false)) {
            tls.startHandshake();
            return true;
        } catch (SSLHandshakeException e) { // a certificate that is not trusted here is one
            return !(e.getCause() instanceof EOFException);
        } catch (IOException e) {
            return false;
        }
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
