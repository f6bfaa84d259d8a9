package dev.levitstream;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rules of this module; those of the operators stand in their own. */
@AnalyzeClasses(packages = "dev.levitstream", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule theJobKnowsNoToolAndNoBroker = noClasses()
            .that()
            .resideInAPackage("dev.levitstream.job")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.levitstream.bench..",
                    "dev.levitstream.cli",
                    "dev.levitstream.data",
                    "dev.levitstream.embedded",
                    "kafka..")
            .because("the job jar holds the job alone");

    @ArchTest
    static final ArchRule dependenciesPointOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("cli")
            .definedBy("dev.levitstream.cli")
            .layer("report")
            .definedBy("dev.levitstream.bench.report..")
            .layer("run")
            .definedBy("dev.levitstream.bench.run")
            .layer("speed")
            .definedBy("dev.levitstream.bench.speed")
            .layer("embedded")
            .definedBy("dev.levitstream.embedded")
            .layer("data")
            .definedBy("dev.levitstream.data")
            .layer("job")
            .definedBy("dev.levitstream.job")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("report")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("run")
            .mayOnlyBeAccessedByLayers("cli", "report")
            .whereLayer("speed")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("embedded")
            .mayOnlyBeAccessedByLayers("cli", "run", "speed")
            .whereLayer("data")
            .mayOnlyBeAccessedByLayers("cli", "run", "speed", "embedded")
            .whereLayer("job")
            .mayOnlyBeAccessedByLayers("cli", "run", "speed", "embedded");

    @ArchTest
    static final ArchRule methodsAreFoundByName = noClasses()
            .that()
            .resideOutsideOfPackages("dev.levitstream.bench.speed", "dev.levitstream.learner..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.levitstream.learner.*..")
            .because("only the speed of one family's networks is measured by hand");

    @ArchTest
    static final ArchRule networksAreForLearners = noClasses()
            .that()
            .resideInAnyPackage("dev.levitstream.cli", "dev.levitstream.data", "dev.levitstream.embedded")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.levitstream.nn.graph", "dev.levitstream.nn.model");

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("dev.levitstream.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesOfTheBenchFormNoCycle =
            slices().matching("dev.levitstream.bench.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule optionsAreRecords = classes()
            .that()
            .resideInAPackage("dev.levitstream.job")
            .and()
            .haveSimpleNameEndingWith("Options")
            .and()
            .doNotHaveSimpleName("CommandLineOptions")
            .should()
            .beRecords();

    @ArchTest
    static final ArchRule namesSayWhatAThingIs = noClasses()
            .should()
            .haveNameMatching(".*(Impl|Utils?|Helper|Manager|Handler)")
            .because("such a name hides the idea");
}
