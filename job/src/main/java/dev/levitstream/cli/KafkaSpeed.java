package dev.levitstream.cli;

import dev.levitstream.bench.speed.PythonConsumer;
import dev.levitstream.broker.EmbeddedKafka;
import dev.levitstream.job.JobOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Images per second of the whole job on a broker, against the learner alone, against a Python consumer of the same
 * images, and of two slots against one. All of them, and the broker, are on this machine.
 */
final class KafkaSpeed {
    private static final String JOB = "job, one slot";
    private static final String LEARNER = "learner alone";
    private static final String ONE_SLOT = "two keys, one slot";
    private static final String TWO_SLOTS = "two keys, two slots";
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
    KafkaSpeed(Optional<String> python, int rounds, Workload workload, Consumer<String> lines) {
        this.python = python;
        this.rounds = rounds;
        this.workload = workload;
        this.lines = lines;
    }

    void run() throws Exception {
        try (WorkFolder folder = WorkFolder.open(null)) {
            OnInterrupt.close(folder);
            EmbeddedKafka kafka = folder.owns(EmbeddedKafka.start(folder.path("kafka"), 0));
            List<String> keys = workload.keys();
            List<String> key = keys.subList(0, 1);
            Contest contest = new Contest(workload.images(), lines);
            contest.add(JOB, round -> job(kafka, folder, round + "-job", key, 1));
            contest.add(LEARNER, round -> new LearnersAlone(workload, 1));
            contest.add(ONE_SLOT, round -> job(kafka, folder, round + "-one-slot", keys, 1));
            contest.add(TWO_SLOTS, round -> job(kafka, folder, round + "-two-slots", keys, Workload.SLOTS));
            python.ifPresent(command -> contest.add(PYTHON, round -> python(command, kafka, round + "-python", key)));
            contest.run(rounds);
            contest.compare("The job does %s times the images/s of the learner alone.", JOB, LEARNER);
            if (python.isPresent()) {
                contest.compare("The job does %s times the images/s of the Python consumer.", JOB, PYTHON);
            }
            contest.compare(
                    "Two slots with a key each do %s times the images/s of one slot with both.", TWO_SLOTS, ONE_SLOT);
        }
    }

    private Contestant python(String command, EmbeddedKafka kafka, String topic, List<String> keys) throws Exception {
        kafka.createTopics(List.of(topic, ThroughBroker.predictions(topic)));
        PythonConsumer consumer = new PythonConsumer(
                command,
                workload.options(Map.of()).operator().learner(),
                kafka.bootstrapServers(),
                topic,
                ThroughBroker.predictions(topic));
        return new ThroughBroker(kafka, topic, keys, consumer, consumer::hasEnded);
    }

    private Contestant job(EmbeddedKafka kafka, WorkFolder folder, String topic, List<String> keys, int slots)
            throws Exception {
        Map<String, String> given = new HashMap<>();
        given.put("parallelism", Integer.toString(slots));
        given.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        given.put("kafka.images", topic);
        given.put("kafka.predictions", ThroughBroker.predictions(topic));
        given.put("kafka.components-created", topic + "-created");
        given.put("kafka.dead-letters", topic + "-dead");
        given.put("kafka.group-id", topic);
        given.put("kafka.transaction-prefix", topic);
        JobOptions options = workload.options(given);
        kafka.createTopics(List.of(
                topic,
                options.kafka().predictions(),
                options.kafka().componentsCreated(),
                options.kafka().deadLetters()));
        EmbeddedJob job = EmbeddedJob.start(options, folder.path("checkpoints-" + topic), EmbeddedKafka.freePort());
        return new ThroughBroker(kafka, topic, keys, job, job::hasEnded);
    }
}
