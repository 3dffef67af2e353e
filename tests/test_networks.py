"""Laws of random networks: steps, reference and differences agree, and nothing hangs on how a net is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import isclose
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from solver import loads, solve
from solver.errors import DlsolveError, NotComputable
from solver.page.matrices import is_layered

FEW = settings(max_examples=25, deadline=None, derandomize=True)
ELEMENTWISE = [
    "linear", "step", "sign", "sigmoid", "tanh", "relu", "leaky_relu", "{leaky_relu: 0.2}", "{randomised_relu: 1/8}",
    "prelu", "elu", "{elu: 0.7}", "softplus", "gelu",
]  # fmt: skip
SMOOTH = ["sigmoid", "tanh", "softplus", "gelu", "linear"]
COUPLED = ["softmax", "log_softmax"]
SQUARES = ["sse", "half_sse", "mse", "half_mse", "mae", "huber", "{huber: 0.3}"]

Rows = list[list[str]]


@dataclass(frozen=True)
class Layer:
    """Weights (one row for each neuron) and biases as typed: one for each neuron, a shared one, or none."""

    weights: Rows
    biases: list[str] | str | None
    activation: str

    def spelled(self) -> str:
        biases = "" if self.biases is None else f", biases: {_flow(self.biases)}"
        return f"{{weights: {_flow(self.weights)}{biases}, activation: {self.activation}}}"


@dataclass(frozen=True)
class Net:
    """A network in the layers form."""

    inputs: list[str]
    layers: list[Layer]
    loss: str
    target: list[str] | str

    def spec(self) -> str:
        """The network in the layers form."""
        layers = ", ".join(layer.spelled() for layer in self.layers)
        return _spec(f"inputs: {_flow(self.inputs)}", f"layers: [{layers}]", f"target: {_flow(self.target)}", self.loss)

    def by_neurons(self) -> str:
        """The same network neuron by neuron, numbered on from the inputs."""
        before = list(range(1, len(self.inputs) + 1))
        given = dict(zip(before, self.inputs, strict=True))
        lines: dict[int, str] = {}
        for layer in self.layers:
            first = before[-1] + 1
            for place, row in enumerate(layer.weights):
                weights = ", ".join(f"{source}: {weight}" for source, weight in zip(before, row, strict=True))
                bias = f", bias: {layer.biases[place]}" if layer.biases else ""
                lines[first + place] = f"{{weights: {{{weights}}}{bias}, activation: {layer.activation}}}"
            before = list(range(first, first + len(layer.weights)))
        target = dict(zip(before, self.target, strict=True))
        return _spec(f"inputs: {_map(given)}", f"neurons: {_map(lines)}", f"target: {_map(target)}", self.loss)


def _flow(value: Any) -> str:
    return f"[{', '.join(map(_flow, value))}]" if isinstance(value, list) else str(value)


def _map(value: dict[Any, str]) -> str:
    return "{" + ", ".join(f"{key}: {item}" for key, item in value.items()) + "}"


def _spec(*parts: str) -> str:
    *lines, loss = parts
    return "\n".join(["kind: backprop", *lines, f"loss: {loss}", "learning_rate: 0.25", ""])


NUMBERS = st.one_of(
    st.integers(-12, 12).map(lambda n: f"{n / 10}"),
    st.sampled_from(["1/3", "-2/7", "5/8", "-3/4", "0.50", "-0.10"]),
)


FAMILIES = ("squares", "entropy", "hinge", "class")


@st.composite
def nets(
    draw: st.DrawFn,
    hidden: Iterable[str] = (*ELEMENTWISE, *COUPLED),
    shared: bool = True,
    families: Iterable[str] = FAMILIES,
    fewest: int = 1,
) -> Net:
    """Up to three layers (at least `fewest`) of up to three neurons, with an error that suits the outputs."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=fewest + 1, max_size=4))
    kinds = [draw(st.sampled_from(list(hidden))) for _ in sizes[1:-1]]
    family = draw(st.sampled_from([f for f in families if f != "class" or sizes[-1] > 1]))
    loss, last, target = draw(_ERRORS[family](sizes[-1]))
    layers = []
    for before, size, kind in zip(sizes, sizes[1:], [*kinds, last], strict=False):
        biases = st.one_of(_some(NUMBERS, size), st.none(), *([NUMBERS] if shared else []))
        layers.append(Layer(draw(_some(_some(NUMBERS, before), size)), draw(biases), kind))
    return Net(draw(_some(NUMBERS, sizes[0])), layers, loss, target)


def _some(of: st.SearchStrategy[Any], count: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(of, min_size=count, max_size=count)


def _squares(outputs: int) -> st.SearchStrategy[Any]:
    return st.tuples(st.sampled_from(SQUARES), st.sampled_from(ELEMENTWISE), _some(NUMBERS, outputs))


def _entropy(outputs: int) -> st.SearchStrategy[Any]:
    last = ["sigmoid", *(["softmax"] if outputs > 1 else [])]
    shares = _some(st.sampled_from(["0", "0.25", "1/3", "1"]), outputs)
    return st.tuples(st.sampled_from(["bce", "cce", "kl"]), st.sampled_from(last), shares)


def _hinge(outputs: int) -> st.SearchStrategy[Any]:
    signs = _some(st.sampled_from(["1", "-1"]), outputs)
    return st.tuples(st.just("hinge"), st.sampled_from(["linear", "tanh"]), signs)


def _class(outputs: int) -> st.SearchStrategy[Any]:
    pairs = st.sampled_from([("sparse_cce", "softmax"), ("hinge", "linear")])
    return st.tuples(pairs, st.integers(0, outputs - 1)).map(lambda drawn: (*drawn[0], str(drawn[1])))


_ERRORS: dict[str, Callable[[int], st.SearchStrategy[Any]]] = {
    "squares": _squares,
    "entropy": _entropy,
    "hinge": _hinge,
    "class": _class,
}
"""For each family of losses: a loss, an activation of the outputs that suits it, and a target."""


@st.composite
def graphs(draw: st.DrawFn) -> str:
    """Any wiring without a circle, in the neurons form: skips and missing connections included."""
    inputs, neurons = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    given = {key: draw(NUMBERS) for key in range(1, inputs + 1)}
    read: set[int] = set()
    lines: dict[int, str] = {}
    for key in range(inputs + 1, inputs + neurons + 1):
        sources = draw(st.sets(st.integers(1, key - 1), min_size=1, max_size=4))
        read |= sources
        weights = _map({source: draw(NUMBERS) for source in sorted(sources)})
        bias = f", bias: {draw(NUMBERS)}" if draw(st.booleans()) else ""
        lines[key] = f"{{weights: {weights}{bias}, activation: {draw(st.sampled_from(ELEMENTWISE))}}}"
    target = {key: draw(NUMBERS) for key in lines if key not in read}
    parts = f"inputs: {_map(given)}", f"neurons: {_map(lines)}", f"target: {_map(target)}"
    return _spec(*parts, draw(st.sampled_from(SQUARES)))


def solved(spec: str, **options: Any) -> Any:
    """The solution; an example whose numbers have none (ln 0) is left out."""
    try:
        return solve(loads(spec), **options)
    except NotComputable:
        reject()


def assert_same(one: dict[str, float], other: dict[str, float]) -> None:
    """Quantities of the same key have the same value."""
    shared = [key for key in one if key in other]
    least = 1e-12 * max([1.0, *(abs(one[key]) for key in shared)])
    gaps = [key for key in shared if not isclose(one[key], other[key], rel_tol=1e-9, abs_tol=least)]
    assert {key: (one[key], other[key]) for key in gaps} == {}


def numbers(solution: Any) -> dict[str, float]:
    """Every quantity of a solution, in full."""
    return {key: solution.full_values.number(key) for key in solution.working.steps}


def gradients(solution: Any, of: str = "weights") -> list[float]:
    """The gradients of the weights (or biases) in the order of the network."""
    return [solution[f"dE/d{parameter.key}"].value for parameter in getattr(solution.problem, of)]


def assert_close(one: list[float], other: list[float]) -> None:
    assert len(one) == len(other)
    assert all(isclose(a, b, rel_tol=1e-9, abs_tol=1e-11) for a, b in zip(one, other, strict=True)), (one, other)


def assert_agrees(spec: str) -> None:
    """Reference and differences agree in every style, and the styles with each other."""
    chain, delta = solved(spec, style="chain"), solved(spec, style="delta")
    assert chain.check.agrees, chain.check.detail
    assert delta.check.agrees, delta.check.detail
    assert chain.check.compared > len(chain.working.steps) / 2
    ours, theirs = numbers(chain), numbers(delta)
    assert_same(ours, theirs)
    assert {key for key in ours if key[:4] == "dE/d" or key.endswith("'")} >= set(chain.answers) - {"E"}
    data = chain.to_json()
    assert json.loads(json.dumps(data["answers"], allow_nan=False)) == data["answers"]
    assert len(chain.to_text()) > len(delta.to_text()) / 3
    if is_layered(chain.problem) and chain.problem.samples[0].label is None:
        assert solved(spec, style="matrix").check.agrees


@FEW
@given(nets())
def test_layers_agree_with_the_reference_and_with_differences(net: Net) -> None:
    assert_agrees(net.spec())


@FEW
@given(graphs())
def test_any_wiring_agrees_with_the_reference_and_with_differences(spec: str) -> None:
    assert_agrees(spec)


@FEW
@given(nets(hidden=ELEMENTWISE, shared=False, families=FAMILIES[:3]))
def test_both_forms_of_a_network_give_the_same(net: Net) -> None:
    one, other = solved(net.spec()), solved(net.by_neurons())
    assert isclose(one["E"].value, other["E"].value, rel_tol=1e-12, abs_tol=1e-15)
    assert isclose(one["E'"].value, other["E'"].value, rel_tol=1e-9, abs_tol=1e-12)
    assert_close(gradients(one), gradients(other))
    assert_close(gradients(one, "biases"), gradients(other, "biases"))


@FEW
@given(nets(families=FAMILIES[:1]), st.sampled_from(["sse", "mse", "half_mse"]))
def test_squared_errors_differ_by_a_factor(net: Net, loss: str) -> None:
    outputs = len(net.layers[-1].weights)
    factor = {"sse": 2.0, "mse": 2 / outputs, "half_mse": 1 / outputs}[loss]
    half, scaled = solved(replace(net, loss="half_sse").spec()), solved(replace(net, loss=loss).spec())
    assert isclose(scaled["E"].value, factor * half["E"].value, rel_tol=1e-12, abs_tol=1e-15)
    assert_close(gradients(scaled), [factor * slope for slope in gradients(half)])


@FEW
@given(nets(fewest=2), st.randoms(use_true_random=False))
def test_hidden_neurons_in_another_order_permute_the_gradients(net: Net, random: Any) -> None:
    below, above, *rest = net.layers
    order = list(range(len(below.weights)))
    random.shuffle(order)
    biases = [below.biases[i] for i in order] if isinstance(below.biases, list) else below.biases
    moved = [
        replace(below, weights=[below.weights[i] for i in order], biases=biases),
        replace(above, weights=[[row[i] for i in order] for row in above.weights]),
    ]
    one, other = solved(net.spec()), solved(replace(net, layers=[*moved, *rest]).spec())
    wide, size = len(net.inputs), len(order)
    first, second = _rows(gradients(one)[: wide * size], wide), _rows(gradients(one)[wide * size :], size)
    there = gradients(other)
    assert_close([slope for i in order for slope in first[i]], there[: wide * size])
    above_there = _rows(there[wide * size :], size)[: len(above.weights)]
    assert_close(
        [row[i] for row in second[: len(above.weights)] for i in order], [g for row in above_there for g in row]
    )


def _rows(flat: list[float], width: int) -> list[list[float]]:
    return [flat[start : start + width] for start in range(0, len(flat), width)]


@FEW
@given(nets(hidden=SMOOTH, families=FAMILIES[:1], fewest=2))
def test_gradient_of_a_sum_is_the_sum_of_the_gradients(net: Net) -> None:
    """Each output alone: what they ask of the layers before adds up."""
    *hidden, last = net.layers
    whole = solved(replace(net, loss="sse").spec())
    shared = sum(len(row) for layer in hidden for row in layer.weights)
    total = [0.0] * shared
    for place, row in enumerate(last.weights):
        biases = [last.biases[place]] if isinstance(last.biases, list) else last.biases
        layers = [*hidden, replace(last, weights=[row], biases=biases)]
        alone = replace(net, loss="sse", layers=layers, target=[net.target[place]])
        total = [a + b for a, b in zip(total, gradients(solved(alone.spec())), strict=False)]
    assert_close(gradients(whole)[:shared], total)


@FEW
@given(nets(hidden=SMOOTH, families=FAMILIES[:2]))
def test_rounding_far_behind_the_point_is_no_rounding(net: Net) -> None:
    last = net.layers[-1]
    if last.activation not in (*SMOOTH, "softmax"):  # a kink may lie within the rounding
        last = replace(last, activation="tanh")
    loss = "sse" if "huber" in net.loss or net.loss == "mae" else net.loss
    spec = replace(net, layers=[*net.layers[:-1], last], loss=loss).spec()
    full, rounded = solved(spec, digits=15), solved(spec, digits=15, carry="rounded")
    for key, value in full.answers.items():
        assert isclose(value, rounded.answers[key], rel_tol=1e-9, abs_tol=1e-12), key


FROZEN = """kind: backprop
samples:
  - {inputs: [1, -2], target: [0, 1]}
  - {inputs: [2, 0.5], target: [1, 0.25]}
batch: 1
epochs: 2
show_epochs: 2
update_biases: false
learning_rate: 0.5
loss: half_sse
layers:
  - {name: h, weights: [[0.3, -0.1], [0.25, 0.4]], biases: 0.2, activation: tanh}
  - {name: o, weights: [[0.6, -0.2], [0.1, 0.5]], biases: [0.1, -0.3], activation: sigmoid}
"""


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad", "adam"])
def test_biases_that_stay_are_no_path_through_earlier_updates(optimizer: str) -> None:
    """∂E[2]/∂b takes the weights as the update left them, though b had a part in that update."""
    for style in ("chain", "delta"):
        solution = solved(f"{FROZEN}optimizer: {optimizer}\n", style=style)
        assert solution.check.agrees, solution.check.detail
        assert {"dE/db1[2]", "dE/db1[1]"} <= set(solution.working.steps)
        assert not [key for key in solution.working.steps if key.count("dE") > 1]


def test_paths_drawn_for_a_bias_that_stays_end_in_its_own_error() -> None:
    text = solved(FROZEN.replace("batch: 1\n", "")).to_text()
    drawn = [line for line in text.splitlines() if "─▶ out_o1" in line]
    assert drawn
    assert not [line for line in drawn if "E'" in line or "@" in line]


def test_an_output_that_another_neuron_reads_has_no_short_form() -> None:
    spec = """kind: backprop
inputs: {1: 0.5}
neurons:
  2: {weights: {1: 0.4}, activation: sigmoid}
  3: {weights: {2: -0.9}, activation: sigmoid}
target: {2: 0, 3: 1}
learning_rate: 0.5
loss: bce
"""
    assert_agrees(spec)
    short = [key for key in solved(spec).working.steps if key.endswith(":short")]
    assert short == ["delta_3:short"]


def test_the_answers_say_of_which_update_the_gradients_are() -> None:
    said = "From old to new in 4 updates; the gradient is that of the last one."
    assert said in solved(FROZEN).to_text()
    once = FROZEN.replace("batch: 1\nepochs: 2\nshow_epochs: 2\n", "")
    assert "that of the last one" not in solved(once).to_text()
    assert "One update after each sample, in the order given" in solved(FROZEN).to_text()


def test_thousands_of_samples_are_refused_at_once() -> None:
    samples = ", ".join("{inputs: [0.1, 0.2], target: [1, 0]}" for _ in range(2000))
    layers = "[{weights: [[1, 2], [3, 4]], biases: [0, 0]}, {weights: [[1, 2], [3, 4]], biases: [0, 0]}]"
    problem = loads(f"{{kind: backprop, samples: [{samples}], activation: tanh, learning_rate: 1, layers: {layers}}}")
    with pytest.raises(DlsolveError, match="24,000 gradients"):
        solve(problem)


def test_numbered_neurons_tell_their_layered_names() -> None:
    text = """
kind: backprop
inputs: {1: 1, 2: 0}
neurons:
  4: {weights: {1: 0.2, 2: 0.4}}
  5: {weights: {1: -0.3, 2: 0.1}}
  6: {weights: {4: -0.3, 5: -0.2}}
activation: sigmoid
symbols: {output: a, index: layered}
"""
    rows = [line.split() for line in solve(loads(text), question=True).to_text().splitlines()]
    assert [row[:2] for row in rows if row and row[0].endswith(":") and row[0][0].isdigit()] == [
        ["4:", "a_1^(1)"],
        ["5:", "a_2^(1)"],
        ["6:", "a_1^(2)"],
    ]
