package dev.levitstream.nn;

/** An array that is a variable of a {@link Script}. What is done value by value is the same line for each kind. */
interface Variable extends Array {
    /** Name of the variable. */
    String name();

    /** An operation on each value by itself, with further arguments as the script has them. */
    Array valueByValue(String operation, Object... arguments);

    @Override
    default Array plus(double constant) {
        return valueByValue("torch.add", constant);
    }

    @Override
    default Array times(double constant) {
        return constant == 1 ? this : valueByValue("torch.mul", constant);
    }

    @Override
    default Array square() {
        return valueByValue("torch.square");
    }

    @Override
    default Array exp() {
        return valueByValue("torch.exp");
    }

    @Override
    default Array log() {
        return valueByValue("torch.log");
    }

    @Override
    default Array tanh() {
        return valueByValue("torch.tanh");
    }

    @Override
    default Array relu() {
        return valueByValue("torch.relu");
    }

    @Override
    default Array leakyRelu(float slope) {
        return valueByValue("torch.leaky_relu", (double) slope);
    }

    @Override
    default Array sigmoid() {
        return valueByValue("torch.sigmoid");
    }

    @Override
    default Array softplus() {
        return valueByValue("torch.softplus");
    }
}
