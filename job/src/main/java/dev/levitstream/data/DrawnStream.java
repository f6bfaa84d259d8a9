package dev.levitstream.data;

import dev.levitstream.common.ImageShape;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A stream that draws itself, so that a demo needs no download: digits on paper, then letters on a blackboard, then
 * digits at night, in noise. The same seed draws the same images. Glyphs are strokes of our own: fonts are not on every
 * machine.
 */
public final class DrawnStream {
    private static final ImageShape SHAPE = new ImageShape(28, 28, 1);
    private static final int TEST_OFFSET = 1 << 24;

    /** Strokes in a square of 100: M moves, L draws a line, Q a quadratic curve. */
    private static final Map<String, String> DIGITS = new TreeMap<>(Map.of(
            "0", "M 50 5 Q 90 5 90 50 Q 90 95 50 95 Q 10 95 10 50 Q 10 5 50 5",
            "1", "M 25 25 L 55 5 L 55 95",
            "2", "M 12 28 Q 15 5 50 5 Q 88 5 88 32 Q 88 52 12 95 L 90 95",
            "3", "M 15 12 Q 80 -5 82 28 Q 82 48 45 48 Q 88 50 88 72 Q 85 105 12 88",
            "4", "M 65 95 L 65 5 L 10 65 L 92 65",
            "5", "M 82 5 L 22 5 L 18 45 Q 88 30 88 65 Q 85 105 12 90",
            "6", "M 78 8 Q 12 20 12 65 Q 12 95 50 95 Q 88 95 88 67 Q 85 42 50 42 Q 15 45 12 70",
            "7", "M 10 5 L 90 5 L 40 95",
            "8",
                    "M 50 48 Q 15 45 15 25 Q 18 5 50 5 Q 82 5 85 25 Q 85 45 50 48 Q 10 52 10 73 Q 12 95 50 95 Q 88 95 90 73 Q 90 52 50 48",
            "9", "M 88 30 Q 85 55 50 55 Q 12 55 12 30 Q 15 5 50 5 Q 88 5 88 35 Q 88 80 30 95"));

    private static final Map<String, String> LETTERS = new TreeMap<>(Map.of(
            "A", "M 8 95 L 50 5 L 92 95 M 25 62 L 75 62",
            "E", "M 85 5 L 15 5 L 15 95 L 85 95 M 15 50 L 70 50",
            "F", "M 85 5 L 15 5 L 15 95 M 15 48 L 70 48",
            "H", "M 15 5 L 15 95 M 85 5 L 85 95 M 15 50 L 85 50",
            "K", "M 15 5 L 15 95 M 85 5 L 15 55 M 38 42 L 88 95",
            "M", "M 8 95 L 15 5 L 50 60 L 85 5 L 92 95",
            "T", "M 8 5 L 92 5 M 50 5 L 50 95",
            "W", "M 5 5 L 28 95 L 50 35 L 72 95 L 95 5",
            "X", "M 10 5 L 90 95 M 90 5 L 10 95",
            "Y", "M 10 5 L 50 50 L 90 5 M 50 50 L 50 95"));

    /**
     * How a phase looks.
     *
     * @param paper grey level of the ground
     * @param ink grey level of strokes
     * @param noise largest change of a pixel
     */
    private record Look(int paper, int ink, int noise) {}

    private static final Look PAPER = new Look(235, 25, 10);
    private static final Look BLACKBOARD = new Look(70, 245, 10);
    private static final Look NIGHT = new Look(25, 130, 45);

    private DrawnStream() {}

    /**
     * The data set.
     *
     * @param perPhase images per phase
     * @param testPerPhase images per phase held out for the test, drawn anew
     */
    public static Dataset dataset(int perPhase, int testPerPhase, long seed) {
        List<Phase> train = List.of(
                phase("digits on paper", DIGITS, PAPER, perPhase, seed, 0),
                phase("letters on a blackboard", LETTERS, BLACKBOARD, perPhase, seed, 1),
                phase("digits at night", DIGITS, NIGHT, perPhase, seed, 2));
        List<Sample> test = new ArrayList<>();
        test.addAll(
                phase("", DIGITS, PAPER, testPerPhase, seed + TEST_OFFSET, 0).samples());
        test.addAll(phase("", LETTERS, BLACKBOARD, testPerPhase, seed + TEST_OFFSET, 1)
                .samples());
        test.addAll(
                phase("", DIGITS, NIGHT, testPerPhase, seed + TEST_OFFSET, 2).samples());
        return new Dataset("drawn", train, test);
    }

    private static Phase phase(String name, Map<String, String> glyphs, Look look, int count, long seed, int number) {
        List<String> labels = List.copyOf(glyphs.keySet());
        List<Sample> samples = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number * 100_000_007L + i);
            String label = labels.get(random.nextInt(labels.size()));
            String strokes = String.valueOf(glyphs.get(label));
            samples.add(Sample.raw(label, SHAPE, draw(strokes, look, random)));
        }
        return new Phase(name, samples);
    }

    /** One glyph with its own slant, size, place and pen. */
    private static byte[] draw(String strokes, Look look, SplittableRandom random) {
        BufferedImage picture = new BufferedImage(SHAPE.width(), SHAPE.height(), BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = picture.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setColor(Color.WHITE);
            double size = between(random, 0.15, 0.2);
            AffineTransform place = new AffineTransform();
            place.translate(
                    SHAPE.width() / 2.0 + between(random, -2, 2), SHAPE.height() / 2.0 + between(random, -2, 2));
            place.rotate(between(random, -0.25, 0.25));
            place.shear(between(random, -0.25, 0.25), 0);
            place.scale(size * between(random, 0.75, 1.1), size);
            place.translate(-50, -50);
            graphics.setStroke(
                    new BasicStroke((float) between(random, 1.6, 3.0), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            graphics.draw(path(strokes).createTransformedShape(place));
        } finally {
            graphics.dispose();
        }
        return develop(((DataBufferByte) picture.getRaster().getDataBuffer()).getData(), look, random);
    }

    /** Paper where no ink is, and noise over both. */
    private static byte[] develop(byte[] ink, Look look, SplittableRandom random) {
        byte[] pixels = new byte[ink.length];
        for (int i = 0; i < pixels.length; i++) {
            double cover = (ink[i] & 0xFF) / 255.0;
            double level =
                    look.paper() + cover * (look.ink() - look.paper()) + between(random, -look.noise(), look.noise());
            pixels[i] = (byte) Math.max(0, Math.min(255, Math.round(level)));
        }
        return pixels;
    }

    private static Path2D path(String strokes) {
        Path2D path = new Path2D.Double();
        try (Scanner scanner = new Scanner(strokes)) {
            while (scanner.hasNext()) {
                switch (scanner.next()) {
                    case "M" -> path.moveTo(scanner.nextInt(), scanner.nextInt());
                    case "L" -> path.lineTo(scanner.nextInt(), scanner.nextInt());
                    default -> path.quadTo(scanner.nextInt(), scanner.nextInt(), scanner.nextInt(), scanner.nextInt());
                }
            }
        }
        return path;
    }

    private static double between(SplittableRandom random, double from, double to) {
        return from + (to - from) * random.nextDouble();
    }
}
