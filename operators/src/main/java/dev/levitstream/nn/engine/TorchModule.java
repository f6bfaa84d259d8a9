package dev.levitstream.nn.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A TorchScript module as the engine loads it: one method, {@code forward}, and no state. */
public final class TorchModule {
    private static final String CLASS = "Network";
    private static final String INDENT = "    ";

    private TorchModule() {}

    /** The text of a module whose method takes arrays and returns a tuple of them. */
    public static String text(List<String> arguments, int results, List<String> lines) {
        return "class " + CLASS + "(Module):\n  __parameters__ = []\n  __buffers__ = []\n"
                + arguments.stream()
                        .map(name -> ", " + name + ": Tensor")
                        .collect(Collectors.joining("", "  def forward(self: __torch__." + CLASS, ") -> Tuple["))
                + String.join(", ", Collections.nCopies(results, "Tensor")) + "]:\n"
                + lines.stream().map(line -> INDENT + line + "\n").collect(Collectors.joining());
    }

    /** The archive that the engine loads: text, a pickled object of its class without attributes, no constants. */
    static byte[] archive(String text) {
        byte[] object = ("\u0080\u0002c__torch__\n" + CLASS + "\n)\u0081}b.").getBytes(StandardCharsets.ISO_8859_1);
        byte[] constants = "\u0080\u0002).".getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "data.pkl", object);
            put(zip, "code/__torch__.py", text.getBytes(StandardCharsets.UTF_8));
            put(zip, "constants.pkl", constants);
            put(zip, "version", "10\n".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry("network/" + name);
        CRC32 checksum = new CRC32();
        checksum.update(content);
        entry.setMethod(ZipEntry.STORED); // the engine reads nothing else
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
