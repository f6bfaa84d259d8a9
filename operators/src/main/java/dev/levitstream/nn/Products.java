package dev.levitstream.nn;

/** How a script multiplies matrices. The weight is (in, out), rows (B, in), gradients of the result (B, out). */
enum Products {
    /** As the engine does by default: on any device. */
    PLAIN {
        @Override
        String linear(Script script, String rows, String weight, String bias) {
            return script.call("torch.addmm", bias, rows, weight);
        }

        @Override
        String timesTransposed(Script script, String gradients, String weight) {
            return script.call("torch.mm", gradients, script.transpose(weight));
        }

        @Override
        String transposedTimes(Script script, String rows, String gradients) {
            return script.call("torch.mm", script.transpose(rows), gradients);
        }

        @Override
        boolean foldAttention(long tokens, int width) {
            return false;
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

    /** The best for a device. */
    static Products of(String device) {
        return device.equals("cpu") ? ONEDNN : PLAIN;
    }

    /** Whether a product over all components of a fleet is worth it: not on a CPU, where each is best done in cache. */
    boolean batched() {
        return this == PLAIN;
    }

    /** Rows times weight, plus bias (out): (B, out). */
    abstract String linear(Script script, String rows, String weight, String bias);

    /** Gradients times the transposed weight: (B, in). */
    abstract String timesTransposed(Script script, String gradients, String weight);

    /** Transposed rows times gradients: (in, out). */
    abstract String transposedTimes(Script script, String rows, String gradients);

    /**
     * Whether it is worth it to fold attention's keys into its queries ({@link FoldedAttention}).
     *
     * @param tokens of all images (count)
     */
    abstract boolean foldAttention(long tokens, int width);
}
