package dev.levitstream.bench.speed;

/** Something whose speed is compared: it answers images and learns from them, turn by turn. */
interface Contestant extends AutoCloseable {
    /**
     * Lets it work through the next images of each of its keys.
     *
     * @param images of each key (count), as many as some mini-batches have
     * @return images per second, of all keys together, in the middle of the turn
     */
    double turn(int images) throws Exception;
}
