package dev.levitstream.nn.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import dev.levitstream.common.Check;
import dev.levitstream.nn.backbone.Safetensors.Tensor;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.GradMode;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.model.PretrainedVit;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A ViT of ours with weights from a safetensors file: features are the class token, tokens those of the patches. What
 * tensors cannot say may stand in the file's metadata: {@code heads}, {@code mean} and {@code std}, the latter numbers
 * with commas between.
 */
final class VitNetwork implements FrozenNetwork {
    /** Width of a head of all the sizes that the article and those after it have. */
    private static final int HEAD_WIDTH = 64;
    /** More than the widest that was published has of anything, and few enough that no weight outgrows an array. */
    private static final int MOST = 1 << 14;
    /** The classifier that the file was trained with, which nobody asks. */
    private static final String HEAD = "head.";

    private static final String EMBEDDING = "patch_embed.proj.weight";
    private static final String POSITIONS = "pos_embed";

    private final PretrainedVit.Sizes sizes;
    private final Map<String, String> metadata;
    private final PtSymbolBlock script;
    private final List<NDArray> weights;

    private VitNetwork(PretrainedVit vit, Safetensors header, Compute compute, InputStream data) throws IOException {
        this.sizes = vit.sizes();
        this.metadata = header.metadata();
        this.script = compute.compile(vit.script(compute.matMul()));
        NDManager owner = compute.newManager();
        Map<String, Shape> shapes = vit.weights();
        Map<String, NDArray> read = new HashMap<>();
        for (Tensor tensor : header.tensors()) {
            if (shapes.containsKey(tensor.name())) {
                read.put(tensor.name(), Tensors.of(owner, tensor.values(data), shapes.get(tensor.name())));
            } else {
                data.skipNBytes(tensor.end() - tensor.begin());
            }
        }
        this.weights = shapes.keySet().stream().map(read::get).toList();
    }

    /**
     * Reads a file; what is read belongs to {@code compute}.
     *
     * @param file from its first byte
     * @param size of the file (bytes)
     * @param heads attention heads; 0 for what the file says, else one for every 64 of its width
     * @throws IllegalArgumentException with tensor, what was found and what must be, if it holds no such ViT
     */
    static VitNetwork read(InputStream file, long size, int heads, Compute compute) throws IOException {
        Safetensors header = Safetensors.read(file, size);
        Map<String, Tensor> tensors = header.tensors().stream().collect(Collectors.toMap(Tensor::name, each -> each));
        PretrainedVit vit = new PretrainedVit(sizes(tensors, header.metadata(), heads));
        Map<String, Shape> shapes = vit.weights();
        for (Map.Entry<String, Shape> weight : shapes.entrySet()) {
            List<Long> found = found(tensors, weight.getKey()).shape();
            List<Long> wanted =
                    Arrays.stream(weight.getValue().getShape()).boxed().toList();
            Check.that(found.equals(wanted), "tensor", weight.getKey(), "has shape " + found + ", must be " + wanted);
        }
        for (String name : tensors.keySet()) { // one that is passed over in silence would change all features
            Check.that(
                    shapes.containsKey(name) || name.startsWith(HEAD),
                    "tensor",
                    name,
                    "is none of a plain ViT's with timm's names: export this network as TorchScript");
        }
        return new VitNetwork(vit, header, compute, file);
    }

    private static PretrainedVit.Sizes sizes(Map<String, Tensor> tensors, Map<String, String> metadata, int heads) {
        List<Long> embedding = axes(tensors, EMBEDDING, 4);
        List<Long> positions = axes(tensors, POSITIONS, 3);
        int grid = (int) Math.round(Math.sqrt(positions.get(1) - 1.0));
        Check.that(
                grid >= 1 && 1L + (long) grid * grid == positions.get(1),
                "tensor",
                POSITIONS,
                "has shape " + positions + ", must have a place for the class token and a square of patches");
        Check.that(
                embedding.get(1) == 1 || embedding.get(1) == 3,
                "tensor",
                EMBEDDING,
                "has shape " + embedding + ", must take 1 or 3 channels");
        int blocks = 0;
        while (tensors.containsKey("blocks." + blocks + ".norm1.weight")) {
            blocks++;
        }
        int width = Math.toIntExact(embedding.get(0));
        int given = heads > 0 ? heads : number(metadata, "heads", Math.max(1, width / HEAD_WIDTH));
        return new PretrainedVit.Sizes(
                Math.toIntExact(embedding.get(1)),
                Math.toIntExact(embedding.get(2)),
                grid,
                width,
                Math.toIntExact(axes(tensors, "blocks.0.mlp.fc1.weight", 2).get(0)),
                blocks,
                given);
    }

    private static List<Long> axes(Map<String, Tensor> tensors, String name, int rank) {
        List<Long> shape = found(tensors, name).shape();
        Check.that(
                shape.size() == rank && shape.stream().allMatch(axis -> axis >= 1 && axis <= MOST),
                "tensor",
                name,
                "has shape " + shape + ", must have " + rank + " axes of 1 to " + MOST);
        return shape;
    }

    private static Tensor found(Map<String, Tensor> tensors, String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("tensor=" + name + " is missing: a ViT with timm's names has it");
        }
        return tensor;
    }

    private static int number(Map<String, String> metadata, String name, int otherwise) {
        String text = metadata.getOrDefault(name, Integer.toString(otherwise));
        return parsed(text, name, "a whole number", Integer::parseInt);
    }

    private static <T> T parsed(String text, String name, String form, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("metadata." + name + "=" + text + " must be " + form, e);
        }
    }

    @Override
    public List<Integer> channels() {
        return List.of(sizes.channels());
    }

    @Override
    public int side() {
        return sizes.side();
    }

    @Override
    public List<Float> mean() {
        return numbers("mean");
    }

    @Override
    public List<Float> std() {
        return numbers("std");
    }

    private List<Float> numbers(String name) {
        String text = metadata.getOrDefault(name, "");
        return text.isBlank()
                ? List.of()
                : parsed(
                        text,
                        name,
                        "numbers with commas between",
                        given -> Arrays.stream(given.split(",", -1))
                                .map(each -> Float.parseFloat(each.trim()))
                                .toList());
    }

    @Override
    public NDArray forward(NDArray images) {
        return run(images).get(0);
    }

    @Override
    public boolean hasTokens() {
        return true;
    }

    @Override
    public NDArray tokens(NDArray images) {
        return run(images).get(1);
    }

    private NDList run(NDArray images) {
        NDList arguments = new NDList(images);
        arguments.addAll(weights);
        return GradMode.off(() -> Compute.run(script, arguments));
    }
}
