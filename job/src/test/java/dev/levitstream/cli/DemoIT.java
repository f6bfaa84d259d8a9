package dev.levitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The demo as a user starts it, with a shorter stream. */
class DemoIT {
    @Test
    @Timeout(240)
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
}
