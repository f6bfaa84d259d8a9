package dev.levitstream.nn.engine;

/** TorchScript files as users bring them, written without Python. */
public final class TorchFile {
    private TorchFile() {}

    /** A module without state, by its {@link #method}s. */
    public static byte[] archive(String... methods) {
        return TorchModule.archive("class Network(Module):\n  __parameters__ = []\n  __buffers__ = []\n"
                + String.join("\n", methods) + "\n");
    }

    /** A method of one array that returns a type. */
    public static String method(String name, String type, String... lines) {
        return "  def " + name + "(self: __torch__.Network, x: Tensor) -> " + type + ":\n    "
                + String.join("\n    ", lines);
    }
}
