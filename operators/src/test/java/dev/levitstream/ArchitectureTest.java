package dev.levitstream;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.nn.backbone.Backbone;
import dev.levitstream.nn.backbone.Embedding;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * The rules of the tree. They say what may be used, not what may not: before adding a package to a list, think whether
 * the class is in the right place.
 */
@AnalyzeClasses(packages = "dev.levitstream", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule networksKnowOnlyArrays = classes()
            .that()
            .resideInAPackage("dev.levitstream.nn..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "ai.djl..",
                    "com.google.gson.stream..", // the header of a file of weights
                    "com.google.gson",
                    "org.jspecify..",
                    "dev.levitstream.common",
                    "dev.levitstream.nn..")
            .because("a network is a pure function of parameters and input");

    @ArchTest
    static final ArchRule graphsKnowNoNativeArrays = noClasses()
            .that()
            .resideInAPackage("dev.levitstream.nn.graph")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..")
            .because("a graph says what to compute and computes nothing");

    @ArchTest
    static final ArchRule networksStandOnGraphsAndGraphsOnTheEngine = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("backbone")
            .definedBy("dev.levitstream.nn.backbone")
            .layer("model")
            .definedBy("dev.levitstream.nn.model")
            .layer("graph")
            .definedBy("dev.levitstream.nn.graph")
            .layer("engine")
            .definedBy("dev.levitstream.nn.engine")
            .whereLayer("backbone")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("model")
            .mayOnlyBeAccessedByLayers("backbone")
            .whereLayer("graph")
            .mayOnlyBeAccessedByLayers("model");

    @ArchTest
    static final ArchRule learnersKnowNoFlink = classes()
            .that()
            .resideInAPackage("dev.levitstream.learner..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "ai.djl..",
                    "org.apache.commons.statistics..",
                    "org.jspecify..",
                    "dev.levitstream.common",
                    "dev.levitstream.nn.engine",
                    "dev.levitstream.nn.model",
                    "dev.levitstream.nn.backbone",
                    "dev.levitstream.learner..")
            .because("a learner must run from a main method");

    @ArchTest
    static final ArchRule learnersOpenNoBackbone = noClasses()
            .that()
            .resideInAPackage("dev.levitstream.learner..")
            .should()
            .dependOnClassesThat(equivalentTo(Backbone.class).or(equivalentTo(Embedding.class)))
            .because("images are embedded once, before they go to their keys");

    @ArchTest
    static final ArchRule theContractKnowsNoMethod = classes()
            .that()
            .resideInAPackage("dev.levitstream.learner")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "dev.levitstream.common",
                    "dev.levitstream.nn.engine",
                    "dev.levitstream.nn.backbone",
                    "dev.levitstream.learner")
            .because("a method is added without touching what others are built on");

    @ArchTest
    static final ArchRule methodsKnowNoOtherMethod = slices().matching("dev.levitstream.learner.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(
                    alwaysTrue(),
                    resideInAnyPackage(
                            "dev.levitstream.learner.common",
                            "dev.levitstream.learner.change",
                            "dev.levitstream.learner.linear"));

    @ArchTest
    static final ArchRule operatorsKnowTheContractAlone = noClasses()
            .that()
            .resideInAPackage("dev.levitstream.operator")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("dev.levitstream.learner..").and(not(resideInAPackage("dev.levitstream.learner"))))
            .because("any method that is on the class path can be chosen by name");

    @ArchTest
    static final ArchRule picturesKnowOnlyTheirShape = classes()
            .that()
            .resideInAPackage("dev.levitstream.picture")
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage("java..", "javax.imageio..", "com.twelvemonkeys.imageio..", "org.jspecify..")
                            .or(resideInAPackage("dev.levitstream.picture"))
                            .or(equivalentTo(ImageShape.class))
                            .or(equivalentTo(Check.class)))
            .because("a decoder needs bytes and a size, nothing of streams or learning");

    @ArchTest
    static final ArchRule operatorsKnowNoArrays = noClasses()
            .that()
            .resideInAPackage("dev.levitstream.operator")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..")
            .because("native memory belongs to learners");

    @ArchTest
    static final ArchRule schemasKnowOnlyTheirCodec = classes()
            .that()
            .resideInAPackage("dev.levitstream.schema")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.apache.avro..", "org.jspecify..", "dev.levitstream.schema")
            .because("producers and consumers use them without the job");

    @ArchTest
    static final ArchRule dependenciesPointOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("operator")
            .definedBy("dev.levitstream.operator")
            .layer("picture")
            .definedBy("dev.levitstream.picture")
            .layer("learner")
            .definedBy("dev.levitstream.learner..")
            .layer("nn")
            .definedBy("dev.levitstream.nn..")
            .layer("common")
            .definedBy("dev.levitstream.common")
            .whereLayer("operator")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("picture")
            .mayOnlyBeAccessedByLayers("operator")
            .whereLayer("learner")
            .mayOnlyBeAccessedByLayers("operator")
            .whereLayer("nn")
            .mayOnlyBeAccessedByLayers("operator", "learner");

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("dev.levitstream.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesOfNetworksFormNoCycle =
            slices().matching("dev.levitstream.nn.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule optionsAreRecords = classes()
            .that()
            .haveSimpleNameEndingWith("Options")
            .and()
            .areNotInterfaces()
            .should()
            .beRecords()
            .because("settings are immutable and checked where they are made");

    @ArchTest
    static final ArchRule namesSayWhatAThingIs = noClasses()
            .should()
            .haveNameMatching(".*(Impl|Utils?|Helper|Manager|Handler)")
            .because("such a name hides the idea");

    @ArchTest
    static final ArchRule nativeMemoryHasAnOwner = fields().that()
            .haveRawType(NDArray.class)
            .or()
            .haveRawType(NDManager.class)
            .or()
            .haveRawType(NDList.class)
            .should()
            .beDeclaredInClassesThat(
                    new DescribedPredicate<>("are closeable, or records that hand on borrowed arrays") {
                        @Override
                        public boolean test(JavaClass owner) {
                            return owner.isAssignableTo(AutoCloseable.class) || owner.isRecord();
                        }
                    });

    @ArchTest
    static final ArchRule nothingDrawsFromTheProcessOrTheClock = noClasses()
            .that()
            .resideInAnyPackage("dev.levitstream.nn..", "dev.levitstream.learner..")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(ThreadLocalRandom.class, "current")
            .orShould()
            .callConstructor(Random.class)
            .orShould()
            .callConstructor(SplittableRandom.class)
            .because("same input and same state must give the same bytes");

    @ArchTest
    static final ArchRule noScalarOverloads = noClasses()
            .that()
            .resideInAnyPackage("dev.levitstream..")
            .should()
            .accessTargetWhere(scalarOverload())
            .because("on the CPU engine the scalar may be freed before the backward pass reads it");

    /** A call of an array operator with a plain number. */
    private static DescribedPredicate<JavaAccess<?>> scalarOverload() {
        return new DescribedPredicate<>("an array operator takes a Number") {
            @Override
            public boolean test(JavaAccess<?> access) {
                return access instanceof JavaCall<?> call
                        && call.getTargetOwner().isAssignableTo(NDArray.class)
                        && call.getTarget().getRawParameterTypes().stream()
                                .anyMatch(type -> type.isEquivalentTo(Number.class));
            }
        };
    }

    @Test
    void theScalarRuleFindsAPlantedOverload() {
        JavaClasses planted = new ClassFileImporter().importClasses(PlantedScalar.class);
        assertThat(noScalarOverloads.evaluate(planted).hasViolation()).isTrue();
    }

    /** What the rule forbids. */
    private record PlantedScalar(NDArray array) {
        @Override
        public String toString() {
            return array.mul(3f).toString();
        }
    }

    @Test
    void testsUseJupiterOnly() {
        JavaClasses tests = new ClassFileImporter()
                .withImportOption(new ImportOption.OnlyIncludeTests())
                .importPackages("dev.levitstream");
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("org.junit"))
                .because("JUnit 4 is on the class path for Flink's harness alone")
                .check(tests);
    }
}
