package dev.levitstream.nn.graph;

import dev.levitstream.nn.engine.MatMul;

/** Products of matrices, by the library that is the fastest ({@link MatMul}). */
sealed interface MatrixProduct extends Expression permits Array {
    /** Values of a weight (count) up to which the plain product is no slower with a row for each of 10 to 64 images. */
    int SMALL = 10_000;
    /** Values to sum up over, and rows, from which it pays MKL to exchange the factors. */
    int LONG = 4096;

    int MANY = 16;

    /** Rows times a weight (in, out) plus a bias (out): (B, in) -> (B, out). */
    default Array linear(Array weight, Array bias) {
        Array x = self();
        Graph graph = x.graph();
        // for a small weight that few rows meet, to prepare the fast product takes longer than the plain one
        boolean small = weight.shape().size() <= SMALL && x.shape().get(0) == -1;
        MatMul by = graph.isTraining() && small ? MatMul.PLAIN : graph.matMul();
        boolean exchanged = graph.isTraining()
                && by == MatMul.MKL
                && weight.layout() == Layout.COLUMN_MAJOR
                && x.shape().get(1) >= LONG
                && graph.count(x.shape().get(0)) >= MANY;
        Array sum = exchanged
                ? mm(weight.t(), x.t()).t().contiguous().pointwise("torch.add", bias)
                : linear(by, x, weight, bias);
        return sum.differentiable((y, dy, to) -> {
            Array rows = dy.contiguous();
            to.add(x, timesTransposed(by, rows, weight));
            to.add(
                    weight, // in the order in which it lies
                    weight.layout() == Layout.COLUMN_MAJOR
                            ? transposedTimes(by, rows, x).t()
                            : transposedTimes(by, x, rows));
            to.add(bias, rows.summed(0));
        });
    }

    /** Products of the matrices of two batches: (B, n, k), (B, k, m) -> (B, n, m). */
    default Array bmm(Array other) {
        Array x = self();
        return batched(x, other).differentiable((y, dy, to) -> {
            to.add(x, batched(dy, other.batchT()));
            to.add(other, batched(x.batchT(), dy));
        });
    }

    static Array batched(Array one, Array other) {
        SymbolicShape shape = one.shape().with(2, other.shape().get(2));
        return one.call(shape, Layout.ROW_MAJOR, "torch.bmm", other);
    }

    /** Rows (B, in) times weight (in, out), plus bias (out). */
    static Array linear(MatMul by, Array rows, Array weight, Array bias) {
        if (by == MatMul.ONEDNN) {
            return oneDnn(rows, weight.dense().t(), bias);
        }
        SymbolicShape shape =
                SymbolicShape.of(rows.shape().get(0), weight.shape().get(1));
        return bias.call(shape, Layout.ROW_MAJOR, "torch.addmm", rows, weight);
    }

    /** Gradients (B, out) times the transpose of a weight (in, out): (B, in). */
    static Array timesTransposed(MatMul by, Array gradients, Array weight) {
        return by == MatMul.ONEDNN ? oneDnn(gradients, weight.dense(), "None") : mm(gradients, weight.t());
    }

    /** The transpose of rows (B, in) times gradients (B, out): (in, out). */
    static Array transposedTimes(MatMul by, Array rows, Array gradients) {
        return by == MatMul.ONEDNN ? oneDnn(rows.t().contiguous(), gradients.t(), "None") : mm(rows.t(), gradients);
    }

    private static Array mm(Array one, Array other) {
        SymbolicShape shape = SymbolicShape.of(one.shape().get(0), other.shape().get(1));
        return one.call(shape, Layout.ROW_MAJOR, "torch.mm", other);
    }

    /**
     * x w^T + b with nothing done to the sum, the form of oneDNN's operation: w is (out, in) or the transpose of a
     * dense matrix. For a part of a wider matrix it has only its reference implementation, slower by orders of
     * magnitude.
     */
    private static Array oneDnn(Array x, Array w, Object b) {
        SymbolicShape shape = SymbolicShape.of(x.shape().get(0), w.shape().get(0));
        String noScalars = "annotate(List[Optional[number]], [])";
        return x.call(shape, Layout.ROW_MAJOR, "ops.mkldnn._linear_pointwise", w, b, "\"none\"", noScalars, "\"\"");
    }
}
