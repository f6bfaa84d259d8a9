package dev.levitstream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.ImageShape;
import dev.levitstream.picture.Picture;
import dev.levitstream.picture.PictureOptions;
import dev.levitstream.picture.PictureSize;
import dev.levitstream.schema.Encoding;
import java.awt.image.BufferedImage;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;

/** Readers on small files in the published layouts. */
class DataTest {
    private static void idx(Path dir, String part, int... labels) throws IOException {
        try (DataOutputStream images = new DataOutputStream(
                        new GZIPOutputStream(Files.newOutputStream(dir.resolve(part + "-images-idx3-ubyte.gz"))));
                DataOutputStream names = new DataOutputStream(
                        new GZIPOutputStream(Files.newOutputStream(dir.resolve(part + "-labels-idx1-ubyte.gz"))))) {
            images.writeInt(0x803);
            images.writeInt(labels.length);
            images.writeInt(2);
            images.writeInt(3);
            names.writeInt(0x801);
            names.writeInt(labels.length);
            for (int label : labels) {
                names.writeByte(label);
                for (int i = 0; i < 6; i++) {
                    images.writeByte(10 * label + i);
                }
            }
        }
    }

    @Test
    void idxFilesAreReadFromTheFolderOrTheDataSetsOwn(@TempDir Path dir) throws IOException {
        Path own = Files.createDirectories(dir.resolve("mnist"));
        idx(own, "train", 3, 1, 4, 1, 5, 9, 2, 6);
        List<Sample> samples = StandardDataset.MNIST.train(dir);
        assertThat(samples).hasSize(8);
        assertThat(samples.get(0).label()).contains("3");
        assertThat(samples.get(0).content().read().size()).isEqualTo(new PictureSize(2, 3, 1));
        assertThat(samples.get(1).content().read().bytes()).containsExactly(10, 11, 12, 13, 14, 15);
    }

    @Test
    void cifarPlanesBecomeInterleavedPixels(@TempDir Path dir) throws IOException {
        byte[] record = new byte[1 + 3072];
        record[0] = 7;
        record[1] = 1; // red of the first pixel
        record[1 + 1024] = 2;
        record[1 + 2048] = 3;
        record[1 + 1] = 4; // red of the second
        Files.write(dir.resolve("test_batch.bin"), record);
        Sample sample = StandardDataset.CIFAR10.test(dir).get(0);
        assertThat(sample.label()).contains("7");
        assertThat(sample.content().read().bytes()).startsWith(1, 2, 3, 4, 0, 0);
    }

    @Test
    void cifar100IsReadByItsFineLabels(@TempDir Path dir) throws IOException {
        byte[] record = new byte[2 + 3072];
        record[0] = 11; // coarse
        record[1] = 53; // fine
        record[2] = 1;
        record[2 + 1024] = 2;
        record[2 + 2048] = 3;
        Files.createDirectories(dir.resolve("cifar-100-binary"));
        Files.write(dir.resolve("cifar-100-binary/train.bin"), record);
        Sample sample = StandardDataset.CIFAR100.train(dir).get(0);
        assertThat(sample.label()).contains("53");
        assertThat(sample.content().read().bytes()).startsWith(1, 2, 3, 0);
    }

    @Test
    void houseNumbersAreReadFromMatlabFiles(@TempDir Path dir) throws IOException {
        Matrix images = Mat5.newMatrix(new int[] {32, 32, 3, 2}, MatlabType.UInt8);
        images.setInt(new int[] {0, 1, 2, 1}, 200); // row 0, column 1, blue, second image
        Matrix labels = Mat5.newMatrix(new int[] {2, 1}, MatlabType.UInt8);
        labels.setInt(0, 10); // their 0
        labels.setInt(1, 4);
        try (Mat5File file = Mat5.newMatFile()) {
            file.addArray("X", images).addArray("y", labels);
            Mat5.writeToFile(file, dir.resolve("test_32x32.mat").toFile());
        }
        List<Sample> samples = StandardDataset.SVHN.test(dir);
        assertThat(samples).extracting(DataTest::label).containsExactly("0", "4");
        byte[] pixels = samples.get(1).content().read().bytes();
        assertThat(pixels[3 + 2]).isEqualTo((byte) 200);
        assertThat(samples.get(0).content().read().bytes()).containsOnly(0);
        try (Mat5File file = Mat5.newMatFile()) {
            file.addArray("X", Mat5.newMatrix(new int[] {1, 1}, MatlabType.UInt8));
            Mat5.writeToFile(file, dir.resolve("train_32x32.mat").toFile());
        }
        assertThatThrownBy(() -> StandardDataset.SVHN.train(dir)).hasMessageContaining("must hold the arrays X and y");
    }

    /** Files of a folder have the same pixels in a benchmark as in the job: one decoder. */
    @Test
    void picturesOfAFolderAreDecodedAsTheJobDoesIt(@TempDir Path dir) throws IOException {
        BufferedImage grey = new BufferedImage(4, 2, BufferedImage.TYPE_BYTE_GRAY);
        BufferedImage colour = new BufferedImage(4, 2, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 8; i++) {
            grey.getRaster().setSample(i % 4, i / 4, 0, 64);
            colour.setRGB(i % 4, i / 4, 0x102030 * (i % 4));
        }
        Path folder = Files.createDirectories(dir.resolve("label"));
        ImageIO.write(grey, "png", folder.resolve("1-grey.png").toFile());
        ImageIO.write(colour, "png", folder.resolve("2-colour.png").toFile());
        ImageIO.write(colour, "jpg", folder.resolve("3-colour.jpg").toFile());
        List<Sample> samples = ImageFolder.labelled(dir, new Skipped());
        assertThat(samples).extracting(DataTest::shape).containsExactly("2x4x1", "2x4x3", "2x4x3");
        assertThat(Rescaling.pixels(samples.get(0).content().read(), new ImageShape(2, 4, 1)))
                .containsOnly(64);
        assertThat(Rescaling.pixels(samples.get(0).content().read(), new ImageShape(2, 4, 3)))
                .containsOnly(64);
        assertThat(Rescaling.pixels(samples.get(0).content().read(), new ImageShape(4, 8, 1)))
                .containsOnly(64);
        for (Sample sample : samples) {
            for (int channels : new int[] {1, 3}) {
                ImageShape shape = new ImageShape(2, 4, channels);
                assertThat(Rescaling.pixels(sample.content().read(), shape))
                        .isEqualTo(Picture.of(sample.content().read().bytes(), PictureOptions.DEFAULT)
                                .pixels(shape));
            }
        }
    }

    @Test
    void imagesAreScaledAndTheirChannelsBroughtToTheShape() throws IOException {
        ImageShape small = new ImageShape(2, 2, 1);
        Sample grey = Sample.raw("a", small, new byte[] {(byte) 200, (byte) 200, 100, 100});
        assertThat(Rescaling.pixels(grey.content().read(), small))
                .isSameAs(grey.content().read().bytes());
        byte[] coloured = Rescaling.pixels(grey.content().read(), new ImageShape(2, 2, 3));
        assertThat(coloured).startsWith(200, 200, 200).endsWith(100, 100, 100);
        byte[] larger = Rescaling.pixels(grey.content().read(), new ImageShape(4, 4, 1));
        assertThat(larger).hasSize(16);
        assertThat(larger[0] & 0xFF).isBetween(190, 210);
        assertThat(larger[15] & 0xFF).isBetween(85, 110);
        Sample red = Sample.raw("a", new ImageShape(1, 1, 3), new byte[] {(byte) 255, 0, 0});
        assertThat(Rescaling.pixels(red.content().read(), new ImageShape(1, 1, 1)))
                .containsExactly(76);
        Image broken = new Image(new PictureSize(2, 2, 1), Encoding.PNG, new byte[3]);
        assertThatThrownBy(() -> Rescaling.pixels(broken, small))
                .hasMessageContaining("a picture of 3 bytes is not readable");
    }

    @Test
    void aMissingFileIsNamedWithItsOrigin(@TempDir Path dir) {
        assertThatThrownBy(() -> StandardDataset.FASHION_MNIST.test(dir))
                .hasMessageContaining("t10k-images-idx3-ubyte.gz is missing")
                .hasMessageContaining("Fashion-MNIST (zalandoresearch/fashion-mnist on GitHub)");
    }

    @Test
    void anOrderCutsSamplesIntoPhases() {
        ImageShape shape = new ImageShape(1, 1, 1);
        List<Sample> samples = List.of("2", "10", "1", "2", "3").stream()
                .map(label -> Sample.raw(label, shape, new byte[1]))
                .toList();
        assertThat(Dataset.orderOf(samples, 2)).containsExactly(List.of("1", "2"), List.of("3", "10"));
        List<Phase> phases = Dataset.phases(samples, Dataset.parseOrder("10/1, 2"));
        assertThat(phases).extracting(Phase::name).containsExactly("10", "1, 2");
        assertThat(phases.get(1).samples()).extracting(DataTest::label).containsExactly("2", "1", "2");
        assertThatThrownBy(() -> Dataset.phases(samples, Dataset.parseOrder("1/4")))
                .hasMessage("order=4 must be a label of the data, which has [1, 2, 3, 10]");
        List<Sample> odd = List.of(Sample.raw("a,b", shape, new byte[1]), Sample.raw("c/d", shape, new byte[1]));
        assertThat(Dataset.phases(odd, Dataset.orderOf(odd, 1)))
                .extracting(phase -> phase.samples().size())
                .containsExactly(1, 1);
    }

    @Test
    void theDrawnStreamIsTheSameForTheSameSeedAndItsPhasesDiffer() throws IOException {
        Dataset once = DrawnStream.dataset(30, 10, 1);
        Dataset again = DrawnStream.dataset(30, 10, 1);
        Dataset other = DrawnStream.dataset(30, 10, 2);
        byte[] first = once.train().get(0).samples().get(0).content().read().bytes();
        assertThat(again.train().get(0).samples().get(0).content().read().bytes())
                .isEqualTo(first);
        assertThat(other.train().get(0).samples().get(0).content().read().bytes())
                .isNotEqualTo(first);
        assertThat(once.test()).hasSize(30);
        assertThat(mean(once.train().get(0))).isGreaterThan(150); // paper
        assertThat(mean(once.train().get(1))).isBetween(60.0, 150.0); // blackboard
        assertThat(mean(once.train().get(2))).isLessThan(60); // night
    }

    private static String label(Sample sample) {
        return sample.label().orElse("");
    }

    private static String shape(Sample sample) throws IOException {
        PictureSize size = sample.content().read().size();
        return size + "x" + size.channels();
    }

    private static double mean(Phase phase) throws IOException {
        double sum = 0;
        int count = 0;
        for (Sample sample : phase.samples()) {
            for (byte pixel : sample.content().read().bytes()) {
                sum += pixel & 0xFF;
                count++;
            }
        }
        return sum / count;
    }
}
