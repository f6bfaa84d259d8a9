package dev.levitstream.bench.speed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.levit.LevitOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The same case in PyTorch, in a Python process of its own with one thread. */
final class PythonUpdates implements AutoCloseable {
    private static final String SCRIPT = "peer.py";

    private final PythonProcess process;
    private final String version;
    private final double gigaflops;

    /** @param python command that has PyTorch */
    PythonUpdates(SpeedCase what, String python) throws IOException {
        Map<String, Object> setup = setup(what.options(), what.shape());
        setup.put("classes", SpeedCase.CLASSES);
        setup.put("frozen", what.frozen());
        setup.put("batch", what.batch());
        setup.put("rate", SpeedCase.RATE);
        setup.put(
                "labels",
                IntStream.range(0, what.batch()).map(what::label).boxed().toList());
        Map<String, float[]> arrays = new LinkedHashMap<>();
        List<float[]> parameters = what.parameters();
        for (int j = 0; j < what.frozen(); j++) {
            arrays.put("frozen-" + j + ".bin", parameters.get(j));
        }
        arrays.put("active.bin", parameters.get(what.frozen()));
        arrays.put("images.bin", what.images());
        arrays.put("noise.bin", what.noise());
        process = new PythonProcess(python, setup, arrays, SCRIPT);
        JsonNode greeting = new ObjectMapper().readTree(process.line());
        version = greeting.path("torch").asText();
        gigaflops = greeting.path("gigaflops").asDouble();
    }

    /** What the Python networks are told of the options. */
    static Map<String, Object> setup(LevitOptions own, ImageShape image) {
        var network = own.network();
        Map<String, Object> setup = new LinkedHashMap<>();
        setup.put("height", image.height());
        setup.put("width", image.width());
        setup.put("channels", image.channels());
        setup.put("patch", network.vit().patch());
        setup.put("embedding", network.vit().embeddingWidth());
        setup.put("heads", network.vit().heads());
        setup.put("mlp", network.vit().hidden());
        setup.put("latent", network.vae().latentWidth());
        setup.put("vaeChannels", network.vae().channels());
        setup.put("vaeHidden", network.vae().hidden());
        setup.put("rate", own.training().learningRate());
        setup.put("beta1", own.training().beta1());
        setup.put("beta2", own.training().beta2());
        setup.put("klWeight", own.training().klWeight());
        return setup;
    }

    String version() {
        return version;
    }

    /** Speed of its matrix product of 1024 x 1024: tells whether it has a proper BLAS. */
    double gigaflops() {
        return gigaflops;
    }

    float loss() throws IOException {
        return Float.parseFloat(process.ask("loss"));
    }

    /** Of the last {@link #loss}, in the order of our flat vector. */
    float[] gradient() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(process.folder().resolve("gradient.bin")))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] gradient = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(gradient);
        return gradient;
    }

    /** Seconds of so many updates or predicted batches. */
    double seconds(String what, int times) throws IOException {
        return Double.parseDouble(process.ask(what + " " + times));
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}
