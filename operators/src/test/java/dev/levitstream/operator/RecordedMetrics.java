package dev.levitstream.operator;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionGraphTestUtils;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.groups.TaskMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;

/** The metrics that a task registers, by name; one of a part of a record by both, as in {@code name part}. */
final class RecordedMetrics {
    private final Map<String, Metric> metrics = new HashMap<>();

    /** What a task registers its metrics with. */
    TaskMetricGroup task() {
        TestingMetricRegistry registry = TestingMetricRegistry.builder()
                .setRegisterConsumer((metric, name, group) -> metrics.put(name + part(group), metric))
                .build();
        return TaskManagerMetricGroup.createTaskManagerMetricGroup(registry, "host", ResourceID.generate())
                .addJob(new JobID(), "job")
                .addTask(ExecutionGraphTestUtils.createExecutionAttemptId(), "task");
    }

    private static String part(MetricGroup group) {
        String part = group.getAllVariables().get("<part>");
        return part == null ? "" : " " + part;
    }

    long count(String name) {
        return ((Counter) get(name)).getCount();
    }

    Number gauge(String name) {
        return (Number) ((Gauge<?>) get(name)).getValue();
    }

    Histogram histogram(String name) {
        return (Histogram) get(name);
    }

    private Metric get(String name) {
        return Objects.requireNonNull(metrics.get(name), name);
    }
}
