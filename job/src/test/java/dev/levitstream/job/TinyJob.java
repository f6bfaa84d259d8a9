package dev.levitstream.job;

import java.util.LinkedHashMap;
import java.util.Map;

/** A job that is small enough for a test and still trains, expands and forgets. */
public final class TinyJob {
    private TinyJob() {}

    /**
     * Its options by key.
     *
     * @param more keys and values, which win
     */
    public static Map<String, String> given(String bootstrapServers, String... more) {
        Map<String, String> given = new LinkedHashMap<>();
        given.put("image", "8x8x1");
        given.put("levit.vit.patch", "4");
        given.put("levit.vit.embedding-width", "8");
        given.put("levit.vit.heads", "2");
        given.put("levit.vit.hidden", "12");
        given.put("levit.vae.latent-width", "4");
        given.put("levit.vae.hidden", "16,16");
        given.put("levit.training.batch", "16");
        given.put("levit.memory.capacity", "128");
        given.put("levit.routing.features", "random");
        given.put("levit.expansion.criterion", "novelty"); // tells changes after fewer images
        given.put("levit.expansion.warm-up", "64");
        given.put("batch.size", "4");
        given.put("device", "cpu");
        given.put("kafka.bootstrap-servers", bootstrapServers);
        for (int i = 0; i < more.length; i += 2) {
            given.put(more[i], more[i + 1]);
        }
        return given;
    }

    /** The same as records. */
    public static JobOptions options(String bootstrapServers, String... more) {
        return OptionCatalogue.read(given(bootstrapServers, more));
    }
}
