package dev.levitstream.learner.common;

import dev.levitstream.nn.model.ComponentNetwork;
import java.io.IOException;

/**
 * What a component is made of.
 *
 * @param usualNovelty novelty of the images that are its own; NaN until it is known
 * @param imagesSeen images learnt from while active (count)
 * @param parameters as the network's layout says; borrowed
 */
record ComponentContent(ComponentNetwork network, double usualNovelty, long imagesSeen, float[] parameters) {
    /** Of a component that has seen nothing. */
    static ComponentContent fresh(ComponentNetwork network, float[] parameters) {
        return new ComponentContent(network, Double.NaN, 0, parameters);
    }

    /**
     * Reads what {@link Component#write} wrote.
     *
     * @param before components before it (count)
     */
    static ComponentContent read(StateCodec.Input in, ComponentFactory factory, int before) throws IOException {
        int fused = in.fused(before);
        ComponentNetwork network = factory.network(fused, in.readInt());
        return new ComponentContent(network, in.readDouble(), in.readLong(), in.parameters(network.layout()));
    }

    /**
     * Reads what {@link Component#writeHead} wrote of a component that is otherwise as it started.
     *
     * @param seed of the learner
     */
    static ComponentContent readHead(StateCodec.Input in, ComponentFactory factory, long seed, int id)
            throws IOException {
        int fused = in.readInt();
        ComponentNetwork network = factory.network(fused, in.readInt());
        double usualNovelty = in.readDouble();
        long imagesSeen = in.readLong();
        int atStart = factory.classes();
        float[] values = new float[network.layout().size()];
        factory.network(fused, atStart)
                .layout()
                .moveInto(factory.parameters(seed, id, fused, atStart), network.layout(), values);
        float[] head = StateCodec.readFloats(in);
        System.arraycopy(head, 0, values, values.length - head.length, head.length);
        return new ComponentContent(network, usualNovelty, imagesSeen, values);
    }
}
