package dev.levitstream.job;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.OptionReader;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.backbone.BackboneOptions;
import java.nio.file.Path;

/**
 * The backbone that options name. Its file is opened once when they are read, so that a wrong one is told before
 * anything starts; what is in it is part of the state, not what it is called.
 */
final class BackboneReader {
    private static final String NONE = "none";

    private BackboneReader() {}

    static BackboneFile read(OptionReader r, ImageShape image) {
        OptionReader.Reading structural = r.structural();
        String file = structural
                .text(
                        OptionCatalogue.BACKBONE,
                        NONE,
                        "FILE, or none",
                        "frozen network whose features learners see, TorchScript or safetensors: the same file at this path"
                                + " wherever the job runs")
                .trim();
        BackboneOptions options = new BackboneOptions(
                r.free()
                        .integer(
                                "backbone.batch",
                                1,
                                "images, 1 to 256",
                                "most images that the backbone embeds at once, for which the first waits 5 ms at most; it changes no bit"),
                structural.integer(
                        "backbone.size",
                        0,
                        "pixels, 0 for as they come or as the file says",
                        "side of the square that images are resized to for the backbone"),
                structural.numbers(
                        "backbone.mean",
                        "one number, or one per channel",
                        "taken from values in 0 to 1 for the backbone; none for what the file says, else 0"),
                structural.numbers(
                        "backbone.std",
                        "one positive number, or one per channel",
                        "that values are divided by then; none for what the file says, else 1"),
                structural.integer(
                        "backbone.heads",
                        0,
                        "count, 0 for what the file says",
                        "attention heads of a backbone in safetensors; else one for every 64 of its width"));
        if (file.equals(NONE)) {
            Check.that(
                    options.equals(BackboneOptions.DEFAULTS),
                    OptionCatalogue.BACKBONE,
                    file,
                    "must be a file where backbone.batch, size, mean, std or heads is given");
            return BackboneFile.NONE;
        }
        BackboneFile backbone = BackboneFile.of(Path.of(file), image, options);
        r.standsFor(OptionCatalogue.BACKBONE, "sha256:" + backbone.sha256());
        return backbone;
    }
}
