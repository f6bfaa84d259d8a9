package dev.levitstream.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.nn.engine.MatMul;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a graph records and prints. */
class GraphTest {
    private static final SymbolicShape ROWS = SymbolicShape.of(-1, 4);

    private static List<String> lines(Graph graph, Array... results) {
        return graph.text(List.of(results)).lines().skip(4).map(String::strip).toList();
    }

    @Test
    void theSameOpOnTheSameArraysIsOneArray() {
        Graph graph = new Graph(Form.WHOLE, MatMul.PLAIN, 0);
        Array x = graph.input("x0", ROWS);
        assertThat(x.tanh()).isSameAs(x.tanh()).isNotSameAs(x.exp());
        assertThat(x.plus(1)).isSameAs(x.plus(1)).isNotSameAs(x.plus(2));
        assertThat(x.reshape(-1, 2)).isNotSameAs(x.reshape(-1, 1));
        assertThat(x.add(x.tanh())).isSameAs(x.add(x.tanh()));
        assertThat(x.sum(1)).isNotSameAs(x.sum(0));
    }

    @Test
    void whatNoResultNeedsIsNotPrinted() {
        Graph graph = new Graph(Form.WHOLE, MatMul.PLAIN, 0);
        Array x = graph.input("x0", ROWS);
        x.exp().log();
        Array y = x.tanh();
        graph.parameter(3, SymbolicShape.of(2));
        assertThat(lines(graph, y.add(x), y))
                .containsExactly("t0 = torch.tanh(x0)", "t1 = torch.add(t0, x0)", "return (t1, t0,)");
    }

    @Test
    void argumentsArePrintedAsTorchScriptHasThem() {
        Graph graph = new Graph(Form.WHOLE, MatMul.PLAIN, 0);
        Array x = graph.input("x0", ROWS);
        Array all = x.call(
                ROWS,
                Layout.UNKNOWN,
                "torch.f",
                true,
                List.of(1, 2),
                List.of(x, x),
                x.size(),
                new Op.Keyword("beta", 0.5),
                new Op.Keyword("array", x),
                "None");
        assertThat(lines(graph, all.element(1, ROWS)))
                .containsExactly(
                        "t0 = torch.f(x0, True, [1, 2], [x0, x0], torch.size(x0), beta=0.5, array=x0, None)",
                        "return (t0[1],)");
    }

    @Test
    void callsInPlaceFollowTheLineThatTheyChange() {
        Graph graph = new Graph(Form.WHOLE, MatMul.PLAIN, 0);
        Array x = graph.input("x0", ROWS);
        Array y = x.contiguous().exp();
        Array sum = y.inPlace(List.of(Op.Call.of("torch.add_", Op.Call.RESULT, x), Op.Call.of("f", Op.Call.RESULT)));
        assertThat(sum).isNotSameAs(y);
        assertThat(lines(graph, sum))
                .containsExactly("t0 = torch.exp(x0)", "torch.add_(t0, x0)", "f(t0)", "return (t0,)");
    }

    @Test
    void transposesAreFoldedAndKnownToLieByColumn() {
        Graph graph = new Graph(Form.WHOLE, MatMul.PLAIN, 0);
        Array x = graph.input("x0", ROWS);
        assertThat(x.t().t()).isSameAs(x);
        assertThat(x.t().layout()).isEqualTo(Layout.COLUMN_MAJOR);
        assertThat(x.t().dense()).isSameAs(x.t());
        assertThat(x.t().contiguous().layout()).isEqualTo(Layout.ROW_MAJOR);
        assertThat(x.contiguous()).isSameAs(x);
        assertThat(x.t().shape()).isEqualTo(SymbolicShape.of(4, -1));
    }

    @Test
    void whatLiesRowByRowIsToldFromWhatMayNot() {
        Graph graph = new Graph(Form.WHOLE, MatMul.PLAIN, 0);
        Array x = graph.input("x0", SymbolicShape.of(-1, 4, 6));
        Array turned = x.permuted(0, 2, 1);
        assertThat(Stream.of(x.tanh(), x.view(-1, 24), x.narrow(0, 0, 1), x.select(0, 0), x.summed(2), x.padded(1, 1))
                        .map(Array::layout))
                .containsExactly(
                        Layout.ROW_MAJOR,
                        Layout.ROW_MAJOR,
                        Layout.ROW_MAJOR,
                        Layout.ROW_MAJOR,
                        Layout.ROW_MAJOR,
                        Layout.UNKNOWN);
        assertThat(Stream.of(turned, turned.tanh(), turned.add(x), x.narrow(1, 0, 2), x.select(2, 0), x.softmax(1))
                        .map(Array::layout))
                .containsOnly(Layout.UNKNOWN);
        assertThat(turned.add(x.batchT()).dense().layout()).isEqualTo(Layout.ROW_MAJOR);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"BLOCKS", "SHORTER_BLOCKS"})
    void inBlocksApproximateFunctionsArePadded(Form form) {
        Graph blocks = new Graph(form, MatMul.PLAIN, 0);
        Array x = blocks.input("x0", ROWS);
        for (Array y : List.of(x.exp(), x.log(), x.tanh(), x.gelu(), x.sigmoid(), x.softplus())) {
            assertThat(blocks.text(List.of(y))).contains("torch.constant_pad_nd(t0, [0, 31], 0)");
        }
        assertThat(blocks.text(List.of(x.relu()))).doesNotContain("[0, 31]");
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"BLOCKS", "SHORTER_BLOCKS", "EACH"})
    void onlyInputsWithImagesAreCutUp(Form form) {
        Graph graph = new Graph(form, MatMul.PLAIN, 0);
        graph.input("flat", SymbolicShape.of(8));
        Array weight = graph.parameter(4, SymbolicShape.of(4));
        Array x = graph.input("x0", ROWS);
        String text = graph.text(List.of(x.mul(weight)));
        assertThat(text)
                .contains("parts = torch.split_with_sizes(flat, [4, 4], 0)", "p0 = parts[1]", "torch.mul(bx0, p0)")
                .doesNotContain("bflat");
    }

    @Test
    void anOpWithoutADerivativeIsNamed() {
        Graph graph = new Graph(Form.TRAINING, MatMul.PLAIN, 4);
        graph.input("flat", SymbolicShape.of(4));
        Array flipped = graph.parameter(0, SymbolicShape.of(4))
                .call(SymbolicShape.of(4), Layout.UNKNOWN, "torch.flip", List.of(0));
        assertThatThrownBy(() -> Gradients.of(flipped.sum()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("torch.flip")
                .hasMessageEndingWith("has no derivative");
    }

    @Test
    void aParameterThatTheLossDoesNotReachHasAGradientOfZeros() {
        Graph graph = new Graph(Form.TRAINING, MatMul.PLAIN, 4);
        graph.input("flat", SymbolicShape.of(8));
        Array used = graph.parameter(0, SymbolicShape.of(4));
        Array unused = graph.parameter(4, SymbolicShape.of(4));
        Gradients gradients = Gradients.of(used.square().sum());
        assertThat(lines(graph, gradients.at(unused))).contains("t0 = torch.zeros_like(p0)");
    }

    @Test
    void smallWeightsThatFewRowsMeetAndTrainingImageByImageTakeThePlainProduct() {
        Graph graph = new Graph(Form.TRAINING, MatMul.ONEDNN, 10);
        graph.input("flat", SymbolicShape.of(1_000_000));
        Array x = graph.input("x0", SymbolicShape.of(-1, 100));
        Array small = x.linear(parameter(graph, 100, 100), parameter(graph, 100));
        Array large = x.linear(parameter(graph, 100, 101), parameter(graph, 101));
        Array tokens = x.reshape(-1, 50).linear(parameter(graph, 50, 10), parameter(graph, 10));
        assertThat(Stream.of(small, large, tokens).map(Array::toString))
                .satisfiesExactly(
                        name -> assertThat(name).startsWith("torch.addmm"),
                        name -> assertThat(name).startsWith("ops.mkldnn._linear_pointwise"),
                        name -> assertThat(name).startsWith("ops.mkldnn._linear_pointwise"));
        assertThat(new Graph(Form.EACH, MatMul.ONEDNN, 0).matMul()).isEqualTo(MatMul.PLAIN);
        assertThat(new Graph(Form.BLOCKS, MatMul.MKL, 0).matMul()).isEqualTo(MatMul.ONEDNN);
    }

    @Test
    void byMklManyLongRowsMeetAWeightThatLiesByColumnWithTheFactorsExchanged() {
        assertThat(isExchanged(MatMul.MKL, 4096, 16)).isTrue();
        assertThat(isExchanged(MatMul.MKL, 4096, 15)).isFalse();
        assertThat(isExchanged(MatMul.MKL, 4095, 16)).isFalse();
        assertThat(isExchanged(MatMul.ONEDNN, 4096, 16)).isFalse();
    }

    private static boolean isExchanged(MatMul matMul, int width, int images) {
        Graph graph = new Graph(Form.TRAINING, matMul, images);
        graph.input("flat", SymbolicShape.of(1_000_000));
        Array x = graph.input("x0", SymbolicShape.of(-1, width));
        Array weight = parameter(graph, 8, width).transpose(1, 0);
        return x.linear(weight, parameter(graph, 8)).toString().startsWith("torch.add(");
    }

    private static Array parameter(Graph graph, long... shape) {
        return graph.parameter(0, SymbolicShape.of(shape));
    }
}
