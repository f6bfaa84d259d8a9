package dev.levitstream.embedded;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.shaded.netty4.io.netty.buffer.Unpooled;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelFutureListener;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.DefaultFullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderValues;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpMethod;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpVersion;
import org.apache.flink.shaded.netty4.io.netty.util.ReferenceCountUtil;

/**
 * Lets through what a page of this very server may ask to look at, by its head alone; the rest is refused and its
 * connection closed. A page of another origin names that in {@code Origin}; one whose name was made to point at
 * loopback, so that the browser takes it for the same origin, names it in {@code Host}.
 */
final class LocalRequests extends ChannelInboundHandlerAdapter {
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);
    /** Old doors of Flink's that change something although they are read. */
    private static final Pattern CHANGING = Pattern.compile(".*/yarn-(cancel|stop)/?(\\?.*)?");

    private static final Pattern LOOPBACK = Pattern.compile("(127\\.0\\.0\\.1|localhost|\\[::1\\])(:\\d{1,5})?");

    private boolean refused;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!refused && message instanceof HttpRequest request) {
            refuseUnlessAllowed(context, request);
        }
        if (refused) {
            ReferenceCountUtil.release(message);
        } else {
            context.fireChannelRead(message);
        }
    }

    private void refuseUnlessAllowed(ChannelHandlerContext context, HttpRequest request) {
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        String host = hosts.size() == 1 ? hosts.get(0) : "";
        List<String> origins = request.headers().getAll(HttpHeaderNames.ORIGIN);
        if (!LOOPBACK.matcher(host).matches()) {
            refuse(context, HttpResponseStatus.FORBIDDEN, "the Host of a request must be this machine's loopback");
        } else if (!origins.isEmpty() && !origins.equals(List.of("http://" + host))) {
            refuse(context, HttpResponseStatus.FORBIDDEN, "pages of another origin are not answered");
        } else if (!READING.contains(request.method())
                || CHANGING.matcher(request.uri()).matches()) {
            refuse(context, HttpResponseStatus.METHOD_NOT_ALLOWED, "this cluster is there to be looked at only");
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // whether the refusal arrives or not, the listener closes
    private void refuse(ChannelHandlerContext context, HttpResponseStatus status, String reason) {
        refused = true;
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(reason + "\n", StandardCharsets.US_ASCII));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
}
