package dev.levitstream.nn;

/** How a script multiplies matrices. The weight is (in, out), rows (B, in), gradients of the result (B, out). */
enum Products {
    /** As the engine does by default: on any device. */
    PLAIN,
    /**
     * To train, the engine's default library on a CPU of that library's maker: it reads transposed matrices where they
     * lie. Answers by {@link #ONEDNN}, whose products come to the same bits however many rows there are.
     */
    MKL {
        @Override
        Products toAnswer() {
            return ONEDNN;
        }

        /** Sums over many values that lie side by side in both factors are faster with the factors exchanged. */
        @Override
        String linearByColumn(Script script, String rows, Sizes sizes, String weight, String bias) {
            if (sizes.get(1) < LONG || -sizes.get(0) * script.images() < MANY) {
                return linear(script, rows, weight, bias);
            }
            String turned = script.call("torch.mm", script.transpose(weight), script.transpose(rows)); // (out, B)
            return script.call("torch.add", script.rowByRow(script.transpose(turned)), bias);
        }

        @Override
        boolean foldAttention(long tokens, int width) {
            return ONEDNN.foldAttention(tokens, width);
        }
    },
    /**
     * By oneDNN, on a CPU. It uses all instructions of every maker's processors; the default library keeps the widest
     * ones for its own maker's, which makes it half as fast on others. For a single row it is slower.
     */
    ONEDNN {
        @Override
        String linear(Script script, String rows, String weight, String bias) {
            return pointwise(script, rows, script.transpose(script.dense(weight)), bias);
        }

        @Override
        String timesTransposed(Script script, String gradients, String weight) {
            return pointwise(script, gradients, script.dense(weight), "None");
        }

        @Override
        String transposedTimes(Script script, String rows, String gradients) {
            String turned = script.rowByRow(script.transpose(rows)); // once, however many products need it
            return pointwise(script, turned, script.transpose(gradients), "None");
        }

        /** The weights are matrices (width, width) for each head; that many tokens take as long as to fold them. */
        @Override
        boolean foldAttention(long tokens, int width) {
            return tokens >= 3L * width;
        }

        /**
         * x w^T + b, the form of the operation: w is (out, in) or the transpose of a dense matrix. For a part of a
         * wider matrix it has only its reference implementation, slower by orders of magnitude.
         */
        private String pointwise(Script script, String x, String w, String b) {
            return script.call(
                    "ops.mkldnn._linear_pointwise",
                    x,
                    w,
                    b,
                    "\"none\"",
                    "annotate(List[Optional[number]], [])",
                    "\"\"");
        }
    };

    /** Values to sum up over, and rows, from which it pays to exchange the factors. */
    private static final int LONG = 4096;

    private static final int MANY = 16;

    /** The best for a device: the same on all machines whose processors are of one maker, so that bits repeat. */
    static Products of(String device) {
        if (!device.equals("cpu")) {
            return PLAIN;
        }
        return Processor.isIntel() ? MKL : ONEDNN;
    }

    /** Those of answers, where no bit may depend on the rows beside. */
    Products toAnswer() {
        return this;
    }

    /** Whether a product over all components of a fleet is worth it: not on a CPU, where each is best done in cache. */
    boolean batched() {
        return this == PLAIN;
    }

    /** Rows times weight, plus bias (out): (B, out). */
    String linear(Script script, String rows, String weight, String bias) {
        return script.call("torch.addmm", bias, rows, weight);
    }

    /**
     * The same with a weight whose values lie column by column.
     *
     * @param sizes of the rows
     */
    String linearByColumn(Script script, String rows, Sizes sizes, String weight, String bias) {
        return linear(script, rows, weight, bias);
    }

    /** Gradients times the transposed weight: (B, in). */
    String timesTransposed(Script script, String gradients, String weight) {
        return script.call("torch.mm", gradients, script.transpose(weight));
    }

    /** Transposed rows times gradients: (in, out). */
    String transposedTimes(Script script, String rows, String gradients) {
        return script.call("torch.mm", script.transpose(rows), gradients);
    }

    /**
     * Whether it is worth it to fold attention's keys into its queries ({@link FoldedAttention}).
     *
     * @param tokens of all images (count)
     */
    boolean foldAttention(long tokens, int width) {
        return false;
    }

    /** Whether it is worth it to train convolutions by products: on a CPU. */
    boolean unfoldConvolutions() {
        return this != PLAIN;
    }
}
