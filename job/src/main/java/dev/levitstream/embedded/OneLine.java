package dev.levitstream.embedded;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.JobException;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.FlinkException;
import org.apache.flink.util.FlinkRuntimeException;

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
        } else if (telling instanceof FileSystemException file && message.equals(file.getFile())) {
            message = message + " " + reason(file); // Java says no more than the name
        }
        return message.lines().findFirst().orElse(message);
    }

    /** What is wrong with a file, as the operating system would say it. */
    static String reason(FileSystemException failure) {
        if (failure.getReason() != null) {
            return failure.getReason();
        }
        if (failure instanceof NoSuchFileException) {
            return "is missing";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof NotDirectoryException) {
            return "is no folder";
        }
        return failure instanceof FileAlreadyExistsException
                ? "exists already, as no folder"
                : failure.getClass().getSimpleName();
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
                || failure.getClass() == FlinkException.class // both say which part of the engine noticed
                || failure.getClass() == FlinkRuntimeException.class
                || message == null
                || message.equals(String.valueOf(failure.getCause()));
    }
}
