package dev.levitstream.embedded;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.scheduler.exceptionhistory.RootExceptionHistoryEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after a job in a cluster of this process. Flink itself goes on without a word where the job restarts for ever,
 * and where no task manager is left to run it.
 */
final class JobWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    /** A task manager that was only held up comes back sooner. */
    private static final Duration ALONE_AT_MOST = Duration.ofSeconds(15);

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
    private static final long ANSWER_SECONDS = 10;

    private final MiniCluster cluster;
    private final JobID job;
    private final Consumer<String> lines;
    private final CompletableFuture<JobExecutionResult> end;
    private final Thread thread = new Thread(this::run, "job-watch");

    private String cause = "";
    private long newestFailure;
    private int failures;
    private int told;
    private long toldAt = System.nanoTime() - BETWEEN_LINES.toNanos();
    private long aloneSince;

    /** @param lines told of restarts, at most one line in ten seconds */
    JobWatch(MiniCluster cluster, JobID job, Consumer<String> lines) {
        this.cluster = cluster;
        this.job = job;
        this.lines = lines;
        this.end = cluster.requestJobResult(job).thenApply(result -> {
            try {
                return result.toJobExecutionResult(JobWatch.class.getClassLoader());
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** Done when the job has ended, and with an {@link IllegalStateException} when it can run no more. */
    CompletableFuture<JobExecutionResult> end() {
        return end;
    }

    private void run() {
        while (!end.isDone()) {
            try {
                look();
                end.get(EVERY.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                return; // closed
            } catch (TimeoutException e) {
                LOG.trace("not ended yet", e);
            } catch (ExecutionException e) {
                LOG.debug("ended by a failure", e);
            }
        }
    }

    private void look() throws InterruptedException {
        try {
            tellOfFailures();
            int taskManagers = cluster.requestClusterOverview()
                    .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                    .getNumTaskManagersConnected();
            if (taskManagers > 0) {
                aloneSince = 0;
            } else if (aloneSince == 0) {
                aloneSince = System.nanoTime();
            } else if (System.nanoTime() - aloneSince > ALONE_AT_MOST.toNanos()) {
                giveUp("its task manager");
            }
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            LOG.warn("the cluster does not answer", e);
            if (!cluster.isRunning()) {
                giveUp("its cluster");
            }
        }
    }

    private void giveUp(String lost) {
        end.completeExceptionally(new IllegalStateException("the job can run no more, " + lost
                + " has ended" + (cause.isEmpty() ? "" : " after: " + cause)
                + "; started again it goes on from its last checkpoint"));
    }

    private void tellOfFailures() throws InterruptedException, ExecutionException, TimeoutException {
        long newest = newestFailure;
        for (RootExceptionHistoryEntry failure : cluster.getExecutionGraphInfo(job)
                .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                .getExceptionHistory()) {
            if (failure.getTimestamp() > newestFailure) {
                newest = Math.max(newest, failure.getTimestamp());
                failures++;
                cause = OneLine.root(failure.getException().deserializeError(JobWatch.class.getClassLoader()));
            }
        }
        newestFailure = newest;
        if (failures > told && System.nanoTime() - toldAt >= BETWEEN_LINES.toNanos()) {
            lines.accept("restart " + failures + " of the job after: " + cause);
            told = failures;
            toldAt = System.nanoTime();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
