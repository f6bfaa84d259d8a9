package dev.levitstream.operator;

import dev.levitstream.schema.ClassScore;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What is kept of a message where the whole would be too long; what was cut is told by the message. */
public final class Excerpt {
    /** Most characters of a reason; the last is an ellipsis where it was longer. */
    private static final int REASON = 1000;

    private Excerpt() {}

    /** A letter whose reason is not too long. */
    public static DeadLetter ofReason(DeadLetter letter) {
        String reason = letter.getReason();
        return reason.length() <= REASON
                ? letter
                : DeadLetter.newBuilder(letter).setReason(beginning(reason)).build();
    }

    /** An event whose reason is not too long. */
    public static StreamEvent ofReason(StreamEvent event) {
        String reason = event.getReason();
        return reason.length() <= REASON
                ? event
                : StreamEvent.newBuilder(event).setReason(beginning(reason)).build();
    }

    private static String beginning(String text) {
        int end = Character.isHighSurrogate(text.charAt(REASON - 2)) ? REASON - 2 : REASON - 1;
        return text.substring(0, end) + "…";
    }

    /**
     * A letter with the beginning of the record alone, and with length and hash of the whole.
     *
     * @param most bytes of the record that may stay (count), at least 0
     */
    public static DeadLetter ofBytes(DeadLetter letter, int most) {
        ByteBuffer bytes = letter.getBytes();
        if (bytes == null || bytes.remaining() <= most) {
            return letter;
        }
        boolean whole = letter.getLength() == null;
        return new DeadLetter(
                letter.getTopic(),
                letter.getPartition(),
                letter.getOffset(),
                letter.getTimestamp(),
                letter.getReason(),
                bytes.slice(bytes.position(), most),
                whole ? Long.valueOf(bytes.remaining()) : letter.getLength(),
                whole ? sha256(bytes.duplicate()) : letter.getSha256());
    }

    private static ByteBuffer sha256(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes);
            return ByteBuffer.wrap(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * A prediction with its highest scores alone, in their order, and with the sum of all others.
     *
     * @param most scores that may stay (count), at least 0
     */
    public static Prediction ofScores(Prediction answer, int most) {
        List<ClassScore> all = answer.getScores();
        if (all.size() <= most) {
            return answer;
        }
        float[] scores = new float[all.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = all.get(i).getScore();
        }
        int[] kept = highest(scores, most);
        return new Prediction(
                answer.getStreamKey(),
                answer.getImageId(),
                answer.getEventTime(),
                answer.getPredictedLabel(),
                IntStream.of(kept).mapToObj(all::get).toList(),
                answer.getComponentId(),
                answer.getNovelty(),
                answer.getNoveltyThreshold(),
                answer.getLearnerStep(),
                answer.getOtherScore() + others(scores, kept),
                answer.getOtherClasses() + scores.length - kept.length);
    }

    /** Where the highest scores stand, the earliest of equals first to stay, in the order of the scores. */
    static int[] highest(float[] scores, int most) {
        if (scores.length <= most) {
            return IntStream.range(0, scores.length).toArray();
        }
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .limit(most)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }

    /** Sum of the scores that do not stand where {@code kept} says. */
    static float others(float[] scores, int[] kept) {
        double sum = 0;
        int next = 0;
        for (int i = 0; i < scores.length; i++) {
            if (next < kept.length && kept[next] == i) {
                next++;
            } else {
                sum += scores[i];
            }
        }
        return (float) sum;
    }
}
