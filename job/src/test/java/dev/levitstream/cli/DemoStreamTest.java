package dev.levitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.data.Dataset;
import dev.levitstream.data.ImageFolder;
import dev.levitstream.data.Phase;
import dev.levitstream.data.Skipped;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoStreamTest {
    private static void draw(Path folder, int width, int height, int type) throws IOException {
        BufferedImage picture = new BufferedImage(width, height, type);
        Files.createDirectories(folder);
        ImageIO.write(picture, "png", folder.resolve("1.png").toFile());
    }

    @ParameterizedTest(name = "{0} x {1} and {2} x {3}, longest {4}")
    @CsvSource({
        "20, 30, 20, 30, 32, 30x20x3",
        "20, 33, 20, 33, 32, 32x32x3",
        "20, 33, 20, 33, 224, 33x20x3",
        "20, 30, 21, 30, 32, 32x32x3",
        "640, 480, 480, 640, 32, 32x32x3",
        "640, 480, 480, 640, 224, 224x224x3"
    })
    void aDemoLearnsAtTheSizeOfItsImagesOrAtASquareThatFits(
            int width, int height, int otherWidth, int otherHeight, int longest, String shape, @TempDir Path dir)
            throws IOException {
        draw(dir.resolve("a"), width, height, BufferedImage.TYPE_INT_RGB);
        draw(dir.resolve("b"), otherWidth, otherHeight, BufferedImage.TYPE_INT_RGB);
        Dataset dataset = new Dataset(
                "folder", List.of(new Phase("a and b", ImageFolder.labelled(dir, new Skipped()))), List.of());
        assertThat(DemoStream.usualShape(dataset, longest)).hasToString(shape);
    }
}
