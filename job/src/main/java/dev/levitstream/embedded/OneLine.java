package dev.levitstream.embedded;

import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.JobException;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** What went wrong, in one line a user can act on. */
public final class OneLine {
    private OneLine() {}

    /** The outermost message that says more than that something inside failed. */
    public static String of(Throwable failure) {
        Throwable telling = failure;
        while (telling.getCause() != null && isWrapper(telling)) {
            telling = telling.getCause();
        }
        String message = telling.getMessage();
        if (message == null || message.isBlank()) {
            message = telling.toString();
        } else if (telling instanceof NoSuchFileException && !message.contains(" ")) {
            message = message + " is missing";
        }
        return message.lines().findFirst().orElse(message);
    }

    /** The innermost failure, for those whose outer ones only say which part of the engine noticed. */
    public static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String text = root.getMessage() == null
                ? root.getClass().getSimpleName()
                : root.getClass().getSimpleName() + ": " + root.getMessage();
        return text.lines().findFirst().orElse(text);
    }

    private static boolean isWrapper(Throwable failure) {
        String message = failure.getMessage();
        return failure instanceof ExecutionException
                || failure instanceof CompletionException
                || failure instanceof JobExecutionException
                || failure instanceof JobException // says that a restart would not help
                || failure instanceof SuppressRestartsException
                || message == null
                || message.equals(String.valueOf(failure.getCause()));
    }
}
