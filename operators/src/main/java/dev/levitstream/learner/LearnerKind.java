package dev.levitstream.learner;

import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.KnowledgeFusion.Gates;
import dev.levitstream.nn.model.KnowledgeFusion.Level;
import java.util.Map;

/** The methods that can be chosen. */
public enum LearnerKind {
    /** The full method: expansion and knowledge fusion with learnt gates. */
    LEVIT_DKF("levit-dkf"),
    /** Expansion without knowledge fusion. */
    LEVIT_NO_DKF("levit-no-dkf"),
    /** Expansion and knowledge fusion with equal gates. */
    LEVIT_DKF_FIXED("levit-dkf-fixed"),
    /** Expansion with fully connected nets instead of ViTs. */
    LEVIT_DNN("levit-dnn"),
    /** One ViT trained on each batch as it comes: the lower bound. */
    FINETUNE("finetune"),
    /** One ViT with experience replay from a reservoir. */
    ER("er");

    private final String key;

    LearnerKind(String key) {
        this.key = key;
    }

    /** Its name in options. */
    public String key() {
        return key;
    }

    /**
     * Opens a learner of this kind.
     *
     * @param state entries of an earlier one by name, which it continues byte for byte; empty for a fresh start
     * @throws IllegalStateException if the state belongs to another kind or image shape, is damaged, or is newer than
     *     this release
     */
    public Learner open(LearnerContext context, Map<String, byte[]> state) {
        return isReplay() ? new ReplayLearner(context, state) : new ExpandableLearner(context, state);
    }

    /** Whether it may create components. */
    public boolean expands() {
        return !isReplay();
    }

    boolean isReplay() {
        return this == FINETUNE || this == ER;
    }

    KnowledgeFusion fusion(Level level) {
        return switch (this) {
            case LEVIT_DKF -> new KnowledgeFusion(level, Gates.LEARNT);
            case LEVIT_DKF_FIXED -> new KnowledgeFusion(level, Gates.FIXED);
            default -> new KnowledgeFusion(Level.NONE, Gates.FIXED);
        };
    }
}
