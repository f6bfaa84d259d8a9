package dev.levitstream.bench.report;

import gg.jte.output.StringOutput;
import java.util.regex.Pattern;

/**
 * Text of a template in GitHub's Markdown. Values are escaped, so that none is taken for markup, for HTML or for the
 * end of a table's cell; line breaks in them become spaces.
 */
public final class MarkdownOutput extends StringOutput {
    private static final Pattern MARKUP = Pattern.compile("[\\\\`*_~\\[<&|]");

    @Override
    public void writeUserContent(String value) {
        writeContent(MARKUP.matcher(oneLine(value)).replaceAll("\\\\$0"));
    }

    /** A value as code in a cell of a table; a fence is longer than any row of backticks in the value. */
    public static String code(String value) {
        String fence = "`".repeat(1 + (int) value.chars().filter(c -> c == '`').count());
        String space = fence.length() > 1 ? " " : "";
        return fence + space + oneLine(value).replace("|", "\\|") + space + fence;
    }

    private static String oneLine(String value) {
        return value.replaceAll("\\R", " ");
    }
}
