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
    static final ArchRule theJobKnowsNoCommandLineTool = noClasses()
            .that()
            .resideInAPackage("dev.levitstream.job")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.levitstream.cli", "dev.levitstream.data", "dev.levitstream.broker", "kafka..")
            .because("the job jar holds the job alone");

    @ArchTest
    static final ArchRule nothingKnowsTheJobButItsCommandLine = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("cli")
            .definedBy("dev.levitstream.cli")
            .layer("job")
            .definedBy("dev.levitstream.job")
            .layer("operators")
            .definedBy("dev.levitstream.operator", "dev.levitstream.learner", "dev.levitstream.nn..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("job")
            .mayOnlyBeAccessedByLayers("cli");

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("dev.levitstream.(*)..").should().beFreeOfCycles();

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
