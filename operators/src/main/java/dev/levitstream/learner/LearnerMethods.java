package dev.levitstream.learner;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The methods on the class path. */
public final class LearnerMethods {
    private LearnerMethods() {}

    /** All of them, by name. */
    public static List<LearnerMethod> all() {
        // the loader of this class, not the thread's: in a cluster methods come with the job
        return ServiceLoader.load(LearnerMethod.class, LearnerMethods.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(LearnerMethod::name))
                .toList();
    }

    /**
     * The method of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static LearnerMethod named(String name) {
        return all().stream()
                .filter(method -> method.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("learner=" + name + " must be one of "
                        + all().stream().map(LearnerMethod::name).collect(Collectors.joining(", "))));
    }

    /** Opens a learner of the method that the options name; see {@link LearnerMethod#open}. */
    public static Learner open(LearnerContext context, Map<String, byte[]> state) {
        return named(context.options().method()).open(context, state);
    }
}
