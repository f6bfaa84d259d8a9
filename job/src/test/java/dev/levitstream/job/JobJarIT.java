package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** What is packed where: a second copy of a native library in a job jar would break the second job on a cluster. */
class JobJarIT {
    private static final Path DISTRIBUTION = Path.of("target/levit-stream");

    @Test
    void theJobJarHoldsTheJobAndTheConnectorButNoNativeLibraryNoFlinkAndNoTool() throws IOException {
        try (JarFile jar =
                new JarFile(DISTRIBUTION.resolve("job/levit-stream-job.jar").toFile())) {
            List<String> names = jar.stream().map(JarEntry::getName).toList();
            assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
                    .isEqualTo(LevitStreamJob.class.getName());
            assertThat(names)
                    .contains(
                            "com/twelvemonkeys/imageio/plugins/tiff/TIFFImageReaderSpi.class",
                            "com/twelvemonkeys/imageio/plugins/webp/WebPImageReaderSpi.class",
                            "com/twelvemonkeys/lang/Validate.class",
                            "dev/levitstream/operator/LearnerOperator.class",
                            "dev/levitstream/schema/WireFormat.class",
                            "org/apache/flink/connector/kafka/source/KafkaSource.class",
                            "org/apache/kafka/clients/consumer/KafkaConsumer.class",
                            "picocli/CommandLine.class")
                    .noneMatch(name -> name.startsWith("ai/djl/"))
                    .noneMatch(name -> name.startsWith("com/sun/jna/"))
                    .noneMatch(name -> name.startsWith("org/apache/flink/streaming/api/"))
                    .noneMatch(name -> name.startsWith("org/slf4j/"))
                    .noneMatch(name -> name.matches("dev/levitstream/(bench|cli|data|embedded)/.*"))
                    .noneMatch(name -> name.startsWith("META-INF/services/javax.imageio."))
                    .noneMatch(name -> name.startsWith("META-INF/services/org.apache.flink.runtime."));
        }
    }

    @Test
    void theDistributionCarriesTheDeepLearningLibrariesInAFolderOfTheirOwn() {
        assertThat(DISTRIBUTION.resolve("djl"))
                .isDirectoryContaining("glob:**pytorch-native-cpu-*-linux-x86_64.jar")
                .isDirectoryContaining("glob:**pytorch-jni-*.jar")
                .isDirectoryContaining("glob:**pytorch-engine-*.jar");
        assertThat(DISTRIBUTION.resolve("lib")).isDirectoryNotContaining("glob:**pytorch-*.jar");
        assertThat(Files.isExecutable(DISTRIBUTION.resolve("bin/levit-stream"))).isTrue();
    }
}
