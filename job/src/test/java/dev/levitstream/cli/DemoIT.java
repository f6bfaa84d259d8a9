package dev.levitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The demo as a user starts it, with a shorter stream. */
class DemoIT {
    @Test
    @Timeout(600)
    void theDemoLearnsADrawnStreamAndAccountsForEveryImage(@TempDir Path dir) throws Exception {
        StringWriter out = new StringWriter();
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out));
        int code = commandLine.execute(
                "demo", "--per-phase", "900", "--work-dir", dir.toString(), "--set", "budget.updates=1");
        assertThat(out.toString())
                .contains("without / with two answers 0 / 0")
                .contains("images published           4200, of them 1500 for the test")
                .contains("component 2 created");
        assertThat(code).isZero();
        assertThat(dir.resolve("checkpoints"))
                .as("a chosen folder keeps its checkpoints")
                .isNotEmptyDirectory();
    }

    @Test
    @Timeout(600)
    void aFolderOfPhotographsIsLearntAtASizeThatFits(@TempDir Path dir) throws Exception {
        for (int label = 0; label < 8; label++) {
            Path folder = Files.createDirectories(dir.resolve("photographs/class " + label + "/deep"));
            for (int i = 0; i < 20; i++) {
                ImageIO.write(
                        photograph(label, i), "jpeg", folder.resolve(i + ".jpg").toFile());
            }
        }
        Files.writeString(dir.resolve("photographs/class 3/cut.jpg"), "no picture");
        Files.writeString(dir.resolve("photographs/class 3/._0.jpg"), "hidden");
        StringWriter out = new StringWriter();
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out));
        String folder = dir.resolve("photographs").toString();
        int code = commandLine.execute("demo", "--folder", folder, "--set", "budget.updates=1");
        assertThat(out.toString())
                .contains("images 32x32x3;")
                .contains("images published           160, of them 16 for the test")
                .contains("without / with two answers 0 / 0")
                .contains("skipped 2 files: ")
                .contains("class 3/cut.jpg is no readable picture: ");
        assertThat(code).isZero();
    }

    /** A disc in a colour of its label, at another place each time. */
    private static BufferedImage photograph(int label, int number) {
        BufferedImage picture = new BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.getHSBColor(label / 8f, 0.8f, 0.9f));
        graphics.fillOval(20 * number, 10 * number, 200, 200);
        graphics.dispose();
        return picture;
    }
}
