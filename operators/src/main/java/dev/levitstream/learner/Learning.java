package dev.levitstream.learner;

import dev.levitstream.common.Check;
import dev.levitstream.nn.NumericException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Drives learners through {@link Learner the life of a batch}. */
public final class Learning {
    private Learning() {}

    /** Predicts a batch, observes it and does all its work. */
    public static Outcome observe(Learner learner, List<LabelledImage> images) {
        List<ImagePrediction> predictions = predict(learner, images);
        observe(learner, images, predictions);
        return new Outcome(predictions, learn(learner));
    }

    /** Answers for images whose labels are not looked at. */
    public static List<ImagePrediction> predict(Learner learner, List<LabelledImage> images) {
        return learner.predict(images.stream().map(LabelledImage::pixels).toList());
    }

    /** Has a learner observe images with their predictions. */
    public static void observe(Learner learner, List<LabelledImage> images, List<ImagePrediction> predictions) {
        List<Observation> batch = new ArrayList<>(images.size());
        for (int i = 0; i < images.size(); i++) {
            batch.add(new Observation(images.get(i), predictions.get(i)));
        }
        learner.observe(batch);
    }

    /**
     * Does all work that is due.
     *
     * @throws NumericException if the engine cannot compute with the learner's numbers
     */
    public static List<WorkReport> learn(Learner learner) {
        return learn(List.of(learner), Integer.MAX_VALUE).get(0).orElseThrow();
    }

    /**
     * Does a slice of the work of several learners. Of those with work due, each runs one unit at a time, in one step
     * where {@link UnitOfWork#joins that is faster}; work that learns nothing, such as a check, is done at once. One
     * whose numbers fail leaves the others as they would be without it, unless they ran in one step.
     *
     * @param learners at least one, all different, of the same options
     * @param most units that learn, of each (count), at least 1
     * @return what it came to, for each
     */
    public static List<Slice> learn(List<? extends Learner> learners, int most) {
        Check.that(most >= 1, "most", most, "must be at least 1");
        List<Course> courses = learners.stream().map(Course::new).toList();
        List<Course> due = due(courses, most);
        while (!due.isEmpty()) {
            run(due);
            due = due(courses, most);
        }
        return courses.stream().map(Course::slice).toList();
    }

    private static List<Course> due(List<Course> courses, int most) {
        return courses.stream().filter(course -> course.isDue(most)).toList();
    }

    /** One unit of each; units that join the first one left go with it. */
    private static void run(List<Course> due) {
        Map<Course, UnitOfWork> left = new LinkedHashMap<>();
        due.forEach(course -> left.put(course, course.next.orElseThrow()));
        while (!left.isEmpty()) {
            UnitOfWork first = left.values().iterator().next();
            Map<Course, UnitOfWork> together = new LinkedHashMap<>();
            left.forEach((course, unit) -> {
                if (unit == first || first.joins(unit)) {
                    together.put(course, unit);
                }
            });
            left.keySet().removeAll(together.keySet());
            run(together);
        }
    }

    private static void run(Map<Course, UnitOfWork> together) {
        List<Course> courses = List.copyOf(together.keySet());
        List<UnitOfWork> units = List.copyOf(together.values());
        try {
            List<WorkReport> reports = units.size() == 1
                    ? List.of(units.get(0).run())
                    : units.get(0).runTogether(units.subList(1, units.size()));
            for (int i = 0; i < reports.size(); i++) {
                courses.get(i).ran(reports.get(i));
            }
        } catch (NumericException e) {
            courses.forEach(course -> course.failure = Optional.of(e));
        }
    }

    /** One learner's way through a slice. */
    private static final class Course {
        private final Learner learner;
        private final List<WorkReport> reports = new ArrayList<>();
        private Optional<UnitOfWork> next;
        private Optional<NumericException> failure = Optional.empty();
        private int learnt;

        private Course(Learner learner) {
            this.learner = learner;
            this.next = learner.nextWork();
        }

        /** What learns nothing is always due: it costs little, and answers wait for it. */
        private boolean isDue(int most) {
            return failure.isEmpty()
                    && next.isPresent()
                    && (learnt < most || !next.get().learns());
        }

        private void ran(WorkReport report) {
            reports.add(report);
            learnt += next.orElseThrow().learns() ? 1 : 0;
            next = learner.nextWork();
        }

        private Slice slice() {
            return new Slice(List.copyOf(reports), failure.isEmpty() && next.isEmpty(), failure);
        }
    }
}
