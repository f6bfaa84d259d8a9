package dev.levitstream.nn.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.levitstream.nn.backbone.Safetensors.Tensor;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {
    private static final byte[] GOOD = new TensorFile()
            .metadata(Map.of("format", "pt"))
            .add("b", new float[] {1, -2.5f, 3, 0, 5, 6}, 2, 3)
            .addBrain("a", new float[] {0.5f, -4}, 2)
            .add("none", new float[0], 0, 7)
            .add("one", new float[] {9})
            .add("flags", "BOOL", new byte[] {1, 0, 1}, 3)
            .bytes();

    private static Safetensors read(byte[] file) throws IOException {
        return Safetensors.read(new ByteArrayInputStream(file), file.length);
    }

    /** Values of all tensors that can be read, in the order of the file. */
    private static List<float[]> values(byte[] file) throws IOException {
        InputStream in = new ByteArrayInputStream(file);
        List<float[]> values = new ArrayList<>();
        for (Tensor tensor : Safetensors.read(in, file.length).tensors()) {
            if (tensor.type().isReadable()) {
                values.add(tensor.values(in));
            } else {
                in.skipNBytes(tensor.end() - tensor.begin());
            }
        }
        return values;
    }

    @Test
    void tensorsAndMetadataAreRead() throws IOException {
        Safetensors file = read(GOOD);
        assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
        assertThat(file.tensors().stream().map(Tensor::name)).containsExactly("b", "a", "none", "one", "flags");
        assertThat(file.tensors().stream().map(Tensor::shape))
                .containsExactly(List.of(2L, 3L), List.of(2L), List.of(0L, 7L), List.of(), List.of(3L));
        assertThat(values(GOOD))
                .containsExactly(
                        new float[] {1, -2.5f, 3, 0, 5, 6}, new float[] {0.5f, -4}, new float[0], new float[] {9});
    }

    @Test
    void aTensorLongerThanABufferIsReadWhole() throws IOException {
        float[] many = new float[100_003];
        for (int i = 0; i < many.length; i++) {
            many[i] = i;
        }
        assertThat(values(new TensorFile().add("many", many, many.length).bytes()))
                .containsExactly(many);
    }

    /** Every half but those that are no number, by the definition of IEEE 754. */
    @Test
    void halvesAreTheNumbersThatTheyStandFor() throws IOException {
        int count = 1 << 16;
        ByteBuffer halves = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            halves.putShort((short) i);
        }
        float[] found = values(new TensorFile()
                        .add("halves", "F16", halves.array(), count)
                        .bytes())
                .get(0);
        for (int i = 0; i < count; i++) {
            int exponent = i / 1024 % 32;
            double fraction = i % 1024 / 1024.0;
            double size = exponent == 0 ? fraction * Math.pow(2, -14) : (1 + fraction) * Math.pow(2, exponent - 15);
            if (exponent == 31) {
                size = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            }
            assertThat((double) found[i]).isEqualTo(Double.valueOf(i < 32768 ? size : -size));
        }
    }

    @Test
    void everythingElseIsRefused() {
        byte[] data = new byte[8];
        String two = "\"dtype\":\"F32\",\"shape\":[2]";
        assertRefused(new byte[3], "size=3 must be at least 8 bytes");
        assertRefused(TensorFile.file("", data), "the header is not one of a safetensors file: ");
        assertRefused(TensorFile.file("[]", data), "the header is not one of a safetensors file: ");
        assertRefused(TensorFile.file("{\"a\":", data), "the header is not one of a safetensors file: ");
        assertRefused(TensorFile.file("{} {}", data), "the header is not one of a safetensors file: ");
        assertRefused(
                TensorFile.file("{\"__metadata__\":{\"a\":\"\n\"}}", new byte[0]),
                "the header is not one of a safetensors file: ");
        assertRefused(
                TensorFile.file("{\"a\":{" + two + "}}", data),
                "the header is not one of a safetensors file: tensor a has [dtype, shape] and 0 offsets");
        assertRefused(
                TensorFile.file("{\"a\":{" + two + ",\"data_offsets\":[0,8],\"more\":1}}", data),
                "the header is not one of a safetensors file: tensor a has more");
        assertRefused(
                TensorFile.file("{\"a\":{" + two + ",\"data_offsets\":[0,4]}}", data),
                "tensor=a has data_offsets [0, 4], must be 8 bytes for F32 [2]");
        assertRefused(
                TensorFile.file("{\"a\":{" + two + ",\"data_offsets\":[-8,0]}}", data),
                "tensor=a has data_offsets [-8, 0], must be 8 bytes for F32 [2]");
        assertRefused(
                TensorFile.file("{\"a\":{" + two + ",\"data_offsets\":[0,8]}}", new byte[7]),
                "data=8 bytes are described, must be the 7 that the file has");
        assertRefused(
                TensorFile.file("{\"a\":{" + two + ",\"data_offsets\":[0,8]}}", new byte[9]),
                "data=8 bytes are described, must be the 9 that the file has");
        assertRefused(
                TensorFile.file("{\"a\":{" + two + ",\"data_offsets\":[4,12]}}", new byte[12]),
                "tensor=a begins at byte 4 of the data, must begin at 0");
        assertRefused(
                TensorFile.file(
                        "{\"a\":{" + two + ",\"data_offsets\":[0,8]},\"b\":{" + two + ",\"data_offsets\":[4,12]}}",
                        new byte[12]),
                "tensor=b begins at byte 4 of the data, must begin at 8");
        assertRefused(
                TensorFile.file(
                        "{\"a\":{" + two + ",\"data_offsets\":[0,8]},\"a\":{" + two + ",\"data_offsets\":[8,16]}}",
                        new byte[16]),
                "tensor=a must be there once");
        assertRefused(
                TensorFile.file("{\"a\":{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[0,8]}}", data),
                "tensor=a has type F4, must be F32, F16 or BF16");
        assertRefused(
                TensorFile.file("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2,-1],\"data_offsets\":[0,8]}}", data),
                "tensor=a has shape [-2, -1], must have no negative size");
        assertRefused(
                TensorFile.file(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", data),
                "the header is not one of a safetensors file: long overflow");
    }

    private static void assertRefused(byte[] file, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> read(file)).withMessageStartingWith(message);
    }

    /** No byte of it is allocated. */
    @ParameterizedTest
    @CsvSource({"-1", "1000", "9223372036854775807"})
    void aLengthThatTheFileDoesNotHaveIsRefused(long length) {
        byte[] file = GOOD.clone();
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        assertRefused(file, "header.length=" + length + " must be 0 to " + (GOOD.length - 8));
    }

    @Test
    void aFileThatIsCutWhileItIsReadIsRefused() throws IOException {
        Tensor six = read(GOOD).tensors().get(0);
        assertThatExceptionOfType(EOFException.class)
                .isThrownBy(() -> six.values(new ByteArrayInputStream(new byte[23])))
                .withMessage("ends inside tensor b");
    }

    @Test
    void typesThatAreNotReadAreNamedWhenTheyAreNeeded() throws IOException {
        Tensor flags = read(GOOD).tensors().get(4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> flags.values(InputStream.nullInputStream()))
                .withMessage("tensor=flags has type BOOL, must be F32, F16 or BF16");
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    /** Whatever a file holds, it is read or refused; nothing else happens. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void damagedFilesAreReadOrRefused(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 500; i++) {
            byte[] file = Arrays.copyOf(GOOD, random.nextInt(2) == 0 ? GOOD.length : random.nextInt(GOOD.length));
            for (int k = random.nextInt(4); k > 0 && file.length > 0; k--) {
                file[random.nextInt(file.length)] = (byte) random.nextInt(256);
            }
            try {
                values(file);
            } catch (IllegalArgumentException | EOFException e) {
                assertThat(e.getMessage()).isNotEmpty();
            } catch (IOException e) {
                throw new AssertionError("seed " + seed + ", file " + i, e);
            }
        }
    }
}
