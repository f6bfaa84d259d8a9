package dev.levitstream.nn.engine;

/** The library that multiplies matrices. */
public enum MatMul {
    /** As the engine does by default: on any device. */
    PLAIN,
    /**
     * To train, the engine's default library on a CPU of that library's maker: it reads transposed matrices where they
     * lie. Predictions by {@link #ONEDNN}, whose products come to the same bits however many rows there are.
     */
    MKL,
    /**
     * By oneDNN, on a CPU. It uses all instructions of every maker's processors; the default library keeps the widest
     * ones for its own maker's, which makes it half as fast on others. For a single row it is slower.
     */
    ONEDNN;

    /** The best for a device: the same on all machines whose processors are of one maker, so that bits repeat. */
    public static MatMul of(String device) {
        if (!device.equals("cpu")) {
            return PLAIN;
        }
        return Processor.isIntel() ? MKL : ONEDNN;
    }

    /** The library of predictions, where no bit may depend on the rows beside. */
    public MatMul toPredict() {
        return this == MKL ? ONEDNN : this;
    }

    /**
     * Whether training computes no keys of attention: it is worth it to fold them into the queries if there are enough
     * tokens. The weights are matrices (width, width) for each head; that many tokens take as long as to fold them.
     *
     * @param tokens of all images of a batch (count)
     * @param width of a token
     */
    public boolean foldsAttention(long tokens, int width) {
        return this != PLAIN && tokens >= 3L * width;
    }

    /** Whether it is worth it to train convolutions by products: on a CPU. */
    public boolean unfoldsConvolutions() {
        return this != PLAIN;
    }
}
