package dev.levitstream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One command that a document tells its reader to type.
 *
 * @param place document and line, as {@code README.md:25}
 * @param isTyped whether it stands in a block, to be typed as it is; a sentence may name a command without its
 *     arguments
 * @param words as the shell would hand them on, without what is the shell's own
 */
record DocumentedCommand(String place, boolean isTyped, List<String> words) {
    private static final Pattern WORD = Pattern.compile("(\\|\\||&&|[|;&])|(?:[^\\s'\"|;&]|'[^']*'|\"[^\"]*\")+");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    /** What is no command's word: a variable before it, a redirection, a comment. */
    private static final Pattern SHELL = Pattern.compile("[A-Z_]+=.*|[0-9]?[<>].*");

    /** Every command in code blocks and in code within sentences. */
    static List<DocumentedCommand> in(Path document, String name) throws IOException {
        List<DocumentedCommand> commands = new ArrayList<>();
        List<String> lines = Files.readAllLines(document);
        StringBuilder prose = new StringBuilder();
        String language = "";
        boolean code = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("```")) {
                code = !code;
                language = line.substring(3);
                prose.append('\n');
            } else if (code && (language.isEmpty() || language.equals("bash"))) {
                String place = name + ":" + (i + 1);
                while (line.endsWith("\\") && i + 1 < lines.size()) {
                    line = line.substring(0, line.length() - 1) + lines.get(++i);
                }
                split(new DocumentedCommand(place, true, List.of()), line, commands);
                prose.append('\n');
            } else {
                prose.append(code ? "" : line).append('\n');
            }
        }
        inProse(prose.toString(), name, commands);
        return commands;
    }

    /** Code in a sentence may go on in the next line. */
    private static void inProse(String prose, String name, List<DocumentedCommand> commands) {
        Matcher span = CODE.matcher(prose);
        while (span.find()) {
            long line = prose.substring(0, span.start())
                            .chars()
                            .filter(c -> c == '\n')
                            .count()
                    + 1;
            split(
                    new DocumentedCommand(name + ":" + line, false, List.of()),
                    span.group(1).replace('\n', ' '),
                    commands);
        }
    }

    private static void split(DocumentedCommand empty, String line, List<DocumentedCommand> commands) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            String word = matcher.group();
            if (matcher.group(1) != null) {
                commands.add(new DocumentedCommand(empty.place(), empty.isTyped(), List.copyOf(words)));
                words.clear();
            } else if (word.startsWith("#")) {
                break;
            } else if (!SHELL.matcher(word).matches()) {
                words.add(word.replaceAll("['\"]", ""));
            }
        }
        commands.add(new DocumentedCommand(empty.place(), empty.isTyped(), List.copyOf(words)));
    }

    /** The program, without its folder {@code bin}; empty where there is none. */
    String program() {
        return words.isEmpty() ? "" : words.get(0).replaceFirst("^(\\./|.*bin/)", "");
    }

    /** What follows the program. */
    List<String> arguments() {
        return words.subList(1, words.size());
    }
}
