package dev.levitstream.nn.engine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** TorchScript files as users bring them, written without Python. */
public final class TorchFile {
    private TorchFile() {}

    /** A module without state, by its {@link #method}s. */
    public static byte[] archive(String... methods) {
        return TorchModule.archive(text("", methods));
    }

    /** The same as it is saved in the middle of its training: it has {@code self.training}, which is true. */
    public static byte[] inTraining(String... methods) {
        byte[] archive = TorchModule.archive(text("  training : bool\n", methods));
        String state = "\u0080\u0002c__torch__\nNetwork\n)\u0081}X\u0008\u0000\u0000\u0000training\u0088sb.";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(archive));
                ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                byte[] content = in.readAllBytes();
                boolean object = entry.getName().endsWith("/data.pkl");
                put(out, entry.getName(), object ? state.getBytes(StandardCharsets.ISO_8859_1) : content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
    }

    private static String text(String attributes, String... methods) {
        return "class Network(Module):\n  __parameters__ = []\n  __buffers__ = []\n" + attributes
                + String.join("\n", methods) + "\n";
    }

    /** A method of one array that returns a type. */
    public static String method(String name, String type, String... lines) {
        return "  def " + name + "(self: __torch__.Network, x: Tensor) -> " + type + ":\n    "
                + String.join("\n    ", lines);
    }
}
