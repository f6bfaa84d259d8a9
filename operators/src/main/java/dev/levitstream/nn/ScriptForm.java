package dev.levitstream.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What is wanted of a function, and how the lines of its script are put together for it. */
enum ScriptForm {
    /** Its values for a whole batch. */
    WHOLE,
    /** Its values for blocks of {@link #BLOCK} images: a loop over axis 0 of all inputs, the last block padded. */
    BLOCKS,
    /** The same, with the last block as short as it comes, but not a single image: those take other instructions. */
    SHORTER_BLOCKS,
    /** Its values for each image by itself: the same, with blocks of one. */
    EACH,
    /** Its value, a scalar, and the gradient at each parameter that it uses. */
    GRADIENT,
    /** The same, followed by an update of the parameters; returns the value. */
    UPDATE,
    /** The same for several components, each with its own batch: axis 0 of all arrays is the component. */
    FLEET;

    /** Variable that holds the number of components of a fleet. */
    static final String FLEET_SIZE = "g";
    /** Images of a block (count): as many as a mini-batch of the stream has by default. */
    static final int BLOCK = 10;

    /**
     * Lines of a script, and what stands around them.
     *
     * @param parameters lines that make a variable of each parameter
     * @param body lines of the function
     * @param results variables to return
     * @param taken sizes of the arrays that it takes beside the parameters, for one component
     */
    record Parts(List<String> parameters, List<String> body, List<String> results, List<Sizes> taken) {}

    /** The module. */
    String text(Parts parts) {
        List<String> arguments = new ArrayList<>(
                switch (this) {
                    case WHOLE, BLOCKS, SHORTER_BLOCKS, EACH, GRADIENT -> List.of("flat");
                    case UPDATE, FLEET -> List.of("flat", "m", "v", FusedAdam.STEP);
                });
        IntStream.range(0, parts.taken().size()).forEach(i -> arguments.add("x" + i));
        List<String> lines = lines(parts);
        lines.add(IntStream.range(0, parts.results().size())
                .mapToObj(r -> switch (this) {
                    case WHOLE, GRADIENT, UPDATE, FLEET -> parts.results().get(r) + ",";
                    case BLOCKS, SHORTER_BLOCKS -> "torch.narrow(a" + r + ", 0, 0, n),";
                    case EACH -> "a" + r + ",";
                })
                .collect(Collectors.joining(" ", "return (", ")")));
        return TorchModule.text(arguments, parts.results().size(), lines);
    }

    private List<String> lines(Parts parts) {
        List<String> lines = new ArrayList<>();
        if (this == FLEET) {
            lines.add(FLEET_SIZE + " = torch.size(flat, 0)");
        }
        lines.addAll(parts.parameters());
        switch (this) {
            case WHOLE, GRADIENT, UPDATE, FLEET -> lines.addAll(parts.body());
            case BLOCKS, SHORTER_BLOCKS -> {
                lines.add("n = torch.size(x0, 0)");
                lines.add("blocks = torch.floordiv(torch.add(n, " + (BLOCK - 1) + "), " + BLOCK + ")");
                lines.add("room = torch.sub(torch.mul(blocks, " + BLOCK + "), n)");
                // as many as there is room for, or one where there is room for all but one
                lines.add("missing = " + (this == BLOCKS ? "room" : "torch.floordiv(room, " + (BLOCK - 1) + ")"));
                for (int i = 0; i < parts.taken().size(); i++) {
                    String padding = "0, 0, ".repeat(parts.taken().get(i).rank() - 1) + "0, missing";
                    lines.add("w" + i + " = torch.constant_pad_nd(x" + i + ", [" + padding + "], 0)");
                }
                lines.addAll(loop("blocks", parts.body(), parts.results()));
            }
            case EACH -> lines.addAll(loop("torch.size(x0, 0)", parts.body(), parts.results()));
        }
        return lines;
    }

    /** A loop over i whose results are joined along axis 0, as a0, a1 and so on. */
    private static List<String> loop(String times, List<String> body, List<String> results) {
        List<String> lines = new ArrayList<>();
        for (int r = 0; r < results.size(); r++) {
            lines.add("r" + r + " = annotate(List[Tensor], [])");
        }
        lines.add("for i in range(" + times + "):");
        body.forEach(line -> lines.add("  " + line));
        for (int r = 0; r < results.size(); r++) {
            lines.add("  u" + r + " = torch.append(r" + r + ", " + results.get(r) + ")");
        }
        for (int r = 0; r < results.size(); r++) {
            lines.add("a" + r + " = torch.cat(r" + r + ", 0)");
        }
        return lines;
    }
}
