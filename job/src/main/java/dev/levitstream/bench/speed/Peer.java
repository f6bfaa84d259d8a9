package dev.levitstream.bench.speed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The same case in PyTorch, in a Python process of its own with one thread. */
final class Peer implements AutoCloseable {
    private static final String SCRIPT = "/bench/peer.py";

    private final Path folder;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter questions;
    private final String version;
    private final double gigaflops;

    /** @param python command that has PyTorch */
    Peer(Case what, String python) throws IOException {
        folder = Files.createTempDirectory("bench-speed"); // what the two exchange
        write(what);
        try (InputStream script = Peer.class.getResourceAsStream(SCRIPT)) {
            Files.copy(script, folder.resolve("peer.py"), StandardCopyOption.REPLACE_EXISTING);
        }
        ProcessBuilder builder =
                new ProcessBuilder(python, folder.resolve("peer.py").toString(), folder.toString());
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.environment().put("OPENBLAS_NUM_THREADS", "1");
        builder.redirectError(folder.resolve("peer.log").toFile());
        process = builder.start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        questions = process.outputWriter(StandardCharsets.UTF_8);
        JsonNode greeting = new ObjectMapper().readTree(line());
        version = greeting.path("torch").asText();
        gigaflops = greeting.path("gigaflops").asDouble();
    }

    private void write(Case what) throws IOException {
        var network = what.options().network();
        Map<String, Object> setup = new LinkedHashMap<>();
        setup.put("height", what.shape().height());
        setup.put("width", what.shape().width());
        setup.put("channels", what.shape().channels());
        setup.put("patch", network.vit().patch());
        setup.put("embedding", network.vit().embeddingWidth());
        setup.put("heads", network.vit().heads());
        setup.put("mlp", network.vit().hidden());
        setup.put("latent", network.vae().latentWidth());
        setup.put("vaeChannels", network.vae().channels());
        setup.put("vaeHidden", network.vae().hidden());
        setup.put("classes", Case.CLASSES);
        setup.put("frozen", what.frozen());
        setup.put("batch", what.batch());
        setup.put("rate", Case.RATE);
        setup.put("beta1", what.training().beta1());
        setup.put("beta2", what.training().beta2());
        setup.put("klWeight", what.training().klWeight());
        setup.put(
                "labels",
                IntStream.range(0, what.batch()).map(what::label).boxed().toList());
        Files.write(folder.resolve("setup.json"), new ObjectMapper().writeValueAsBytes(setup));
        List<float[]> parameters = what.parameters();
        for (int j = 0; j < what.frozen(); j++) {
            write("frozen-" + j + ".bin", parameters.get(j));
        }
        write("active.bin", parameters.get(what.frozen()));
        write("images.bin", what.images());
        write("noise.bin", what.noise());
    }

    private void write(String name, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Files.write(folder.resolve(name), bytes.array());
    }

    String version() {
        return version;
    }

    /** Speed of its matrix product of 1024 x 1024: tells whether it has a proper BLAS. */
    double gigaflops() {
        return gigaflops;
    }

    float loss() throws IOException {
        return Float.parseFloat(ask("loss"));
    }

    /** Of the last {@link #loss}, in the order of our flat vector. */
    float[] gradient() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("gradient.bin")))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] gradient = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(gradient);
        return gradient;
    }

    /** Seconds of so many updates or predicted batches. */
    double seconds(String what, int times) throws IOException {
        return Double.parseDouble(ask(what + " " + times));
    }

    private String ask(String question) throws IOException {
        questions.write(question);
        questions.newLine();
        questions.flush();
        return line();
    }

    private String line() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the PyTorch peer has ended: " + Files.readString(folder.resolve("peer.log")));
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        questions.close();
        process.destroy();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
