package dev.levitstream.cluster;

import dev.levitstream.embedded.EmbeddedKafka;
import java.nio.file.Path;

/** Main class of the broker's process. Arguments: folder, port. */
public final class BrokerProcess {
    private BrokerProcess() {}

    public static void main(String[] args) throws Exception {
        EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]));
        Thread.currentThread().join();
    }
}
