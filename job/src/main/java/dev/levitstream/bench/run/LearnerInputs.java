package dev.levitstream.bench.run;

import dev.levitstream.common.TokenShape;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.nn.backbone.Embedding;
import dev.levitstream.operator.OperatorOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a learner is given of images, as in the job: themselves, or what its backbone makes of them. */
final class LearnerInputs implements AutoCloseable {
    private final Optional<Embedding> embedding;

    private LearnerInputs(Optional<Embedding> embedding) {
        this.embedding = embedding;
    }

    /**
     * Opens the backbone of a learner that has one.
     *
     * @throws IllegalArgumentException in one line, if its file is missing or is another one
     */
    static LearnerInputs open(OperatorOptions options) {
        return new LearnerInputs(
                options.learner().input() instanceof TokenShape tokens
                        ? Optional.of(
                                Embedding.open(options.learner().own().backbone(), options.image(), tokens, "cpu"))
                        : Optional.empty());
    }

    /**
     * Images as the learner is given them, with their labels.
     *
     * @throws IllegalArgumentException in one line, if the backbone cannot embed one
     */
    List<LabelledImage> of(List<LabelledImage> images) {
        if (embedding.isEmpty()) {
            return images;
        }
        List<Embedding.Result> results =
                embedding.get().of(images.stream().map(LabelledImage::pixels).toList());
        List<LabelledImage> inputs = new ArrayList<>(images.size());
        for (int i = 0; i < results.size(); i++) {
            Embedding.Result result = results.get(i);
            byte[] bytes = result.bytes().orElseThrow(() -> new IllegalArgumentException(result.reason()));
            inputs.add(new LabelledImage(bytes, images.get(i).label()));
        }
        return inputs;
    }

    @Override
    public void close() {
        embedding.ifPresent(Embedding::close);
    }
}
