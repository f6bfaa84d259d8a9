package dev.levitstream.embedded;

/** What Ctrl-C does. */
public final class OnInterrupt {
    private OnInterrupt() {}

    /** Closes something when the process is told to end; nothing happens if it is closed already. */
    public static void close(AutoCloseable resource) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            try {
                                resource.close();
                            } catch (Exception e) {
                                System.err.println("levit-stream: while stopping: " + OneLine.of(e));
                            }
                        },
                        "stop"));
    }
}
