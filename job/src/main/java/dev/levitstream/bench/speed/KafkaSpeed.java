package dev.levitstream.bench.speed;

import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.OnInterrupt;
import dev.levitstream.embedded.WorkFolder;
import dev.levitstream.job.JobOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Images per second of the whole job on a broker, against the learner alone and against a Python consumer of the same
 * images. All of them, and the broker, are on this machine.
 */
public final class KafkaSpeed {
    private static final String JOB = "job";
    private static final String LEARNER = "learner alone";
    private static final String PYTHON = "Python consumer";

    private final Optional<String> python;
    private final int rounds;
    private final Workload workload;
    private final Consumer<String> lines;

    /**
     * @param python command that has PyTorch; empty to do without the consumer
     * @param rounds (count), at least 1
     * @param lines takes the report, line by line
     */
    public KafkaSpeed(Optional<String> python, int rounds, Workload workload, Consumer<String> lines) {
        this.python = python;
        this.rounds = rounds;
        this.workload = workload;
        this.lines = lines;
    }

    public void run() throws Exception {
        try (WorkFolder folder = WorkFolder.temporary()) {
            OnInterrupt.close(folder);
            EmbeddedKafka kafka = folder.start(() -> EmbeddedKafka.start(folder.path("kafka"), 0));
            Contest contest = new Contest(workload.images(), lines);
            contest.add(JOB, round -> job(kafka, folder, round + "-job"));
            contest.add(LEARNER, round -> new LearnersAlone(workload, 1));
            python.ifPresent(command -> contest.add(PYTHON, round -> python(command, kafka, round + "-python")));
            contest.run(rounds);
            contest.compare("The job does %s times the images/s of the learner alone.", JOB, LEARNER);
            if (python.isPresent()) {
                contest.compare("The job does %s times the images/s of the Python consumer.", JOB, PYTHON);
            }
        }
    }

    private Contestant python(String command, EmbeddedKafka kafka, String topic) throws Exception {
        kafka.createTopics(List.of(topic, ThroughBroker.predictions(topic)));
        PythonConsumer consumer = new PythonConsumer(
                command,
                workload.options(Map.of()).operator().learner(),
                kafka.bootstrapServers(),
                topic,
                ThroughBroker.predictions(topic));
        return new ThroughBroker(kafka, topic, consumer, consumer::hasEnded);
    }

    private Contestant job(EmbeddedKafka kafka, WorkFolder folder, String topic) throws Exception {
        Map<String, String> given = new HashMap<>();
        given.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        given.put("kafka.images", topic);
        given.put("kafka.predictions", ThroughBroker.predictions(topic));
        given.put("kafka.components-created", topic + "-created");
        given.put("kafka.dead-letters", topic + "-dead");
        given.put("kafka.events", topic + "-events");
        given.put("kafka.group-id", topic);
        given.put("kafka.transaction-prefix", topic);
        JobOptions options = workload.options(given);
        kafka.createTopics(options.kafka().topics());
        EmbeddedJob job = EmbeddedJob.start(options, folder.path("checkpoints-" + topic), EmbeddedKafka.freePort());
        return new ThroughBroker(kafka, topic, job, job::hasEnded);
    }
}
