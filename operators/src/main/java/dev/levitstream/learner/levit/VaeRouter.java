package dev.levitstream.learner.levit;

/** The article's router: the component whose VAE explains an image best answers for it. */
public final class VaeRouter {
    /** What "best" is measured by. */
    public enum Score {
        /** Negative evidence bound: reconstruction error + weighted divergence, at the mean code. */
        ELBO,
        /** Reconstruction error at the mean code alone. */
        RECONSTRUCTION
    }

    private final Score score;
    private final float klWeight;

    VaeRouter(Score score, double klWeight) {
        this.score = score;
        this.klWeight = (float) klWeight;
    }

    /** The score of one image under one component; smaller is better. */
    float score(float reconstructionError, float divergence) {
        return score == Score.ELBO ? reconstructionError + klWeight * divergence : reconstructionError;
    }

    /** Index of the smallest score, the earliest of equals; a score that is no number never wins over one that is. */
    static int best(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] < scores[best] || (Float.isNaN(scores[best]) && !Float.isNaN(scores[i]))) {
                best = i;
            }
        }
        return best;
    }
}
