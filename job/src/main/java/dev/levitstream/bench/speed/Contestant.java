package dev.levitstream.bench.speed;

/** Something whose speed is compared: it answers images and learns from them, round by round. */
interface Contestant extends AutoCloseable {
    /**
     * Lets it work through the next images of each of its keys.
     *
     * @param images of each key (count), as many as some mini-batches have
     * @return images per second, of all keys together, in the middle of the round
     */
    double round(int images) throws Exception;
}
