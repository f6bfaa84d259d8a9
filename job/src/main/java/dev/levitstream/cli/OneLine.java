package dev.levitstream.cli;

import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What went wrong, in one line a user can act on. */
final class OneLine {
    private OneLine() {}

    /** The innermost message that says something. */
    static String of(Throwable failure) {
        String message = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String text = cause.getMessage();
            if (text != null && !text.isBlank()) {
                boolean bare = cause instanceof NoSuchFileException && !text.contains(" ");
                message = bare ? text + " is missing" : text;
            }
            boolean says = cause instanceof IllegalArgumentException
                    || cause instanceof IllegalStateException
                    || cause instanceof FileSystemException;
            if (says && !message.isEmpty()) {
                break;
            }
        }
        String line = message.isEmpty() ? failure.toString() : message;
        return line.lines().findFirst().orElse(line);
    }
}
