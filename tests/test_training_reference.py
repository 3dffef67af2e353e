"""The reference for whole trainings: published numbers, laws, dropout, and an audit that bites."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import numpy
import pytest
from msgspec.structs import replace
from networks import layered, mazur, number, random_network, sample

from solver.check.audit import audit
from solver.check.differences import differences
from solver.check.reference import quantities
from solver.check.training import trained
from solver.evaluate import evaluate
from solver.spec.network import Dropout, Network, Neuron, Parameter, Training, Wire
from solver.spec.number import Number
from solver.spec.optimizer import OPTIMIZERS, Optimizer, optimizer
from solver.topics.backprop import work

FORMS = [(word, form) for word, row in OPTIMIZERS.items() for form in row.forms]
MASKS = ((1, 0, 1), (0, 1, 1), (1, 1, 0))


def small(samples: int = 3, dropout: bool = False, **training: Any) -> Network:
    """A 2-3-2 network, with dropout on its hidden layer where asked."""
    network = random_network([2, 3, 2], ["tanh", "sigmoid"], "half_sse", 3, samples)
    lost = {"h": Dropout(MASKS[:samples], number("0.8"), inverted=True)} if dropout else {}
    return replace(network, training=Training(**training), dropout=lost)


def one_neuron(
    rows: list[list[float]], targets: list[float], weights: list[float], kind: str, rate: float, training: Training
) -> Network:
    given = [sample(row, [target]) for row, target in zip(rows, targets, strict=True)]
    return replace(layered([[weights]], [[0.0]], [kind], "mse", given, rate), training=training)


# https://github.com/Open-Deep-ML/DML-OpenProblem, problem 25, to 12 digits: the mean squared error of all samples.
@pytest.mark.parametrize(
    ("rows", "targets", "weights", "new", "bias", "errors"),
    [
        ([[1, 2], [2, 1], [-1, -2]], [1, 0, 0], [0.1, -0.2], [0.103574399968, -0.142543955647], -0.016719880375,
         [0.303322803414, 0.294223262182]),
        ([[1, 2], [2, 3], [3, 1]], [1, 0, 1], [0.5, -0.2], [0.489233496531, -0.230116928621], 0.00291245703303,
         [0.209979447062, 0.208728284846, 0.207616928449]),
    ],
)  # fmt: skip
def test_a_sigmoid_neuron(
    rows: list[list[float]],
    targets: list[float],
    weights: list[float],
    new: list[float],
    bias: float,
    errors: list[float],
) -> None:
    found = quantities(one_neuron(rows, targets, weights, "sigmoid", 0.1, Training(epochs=len(errors))))
    assert [found["w1'"], found["w2'"], found["b1'"]] == pytest.approx([*new, bias], rel=1e-11)
    assert [found[f"history[{k}]"] for k in range(len(errors))] == pytest.approx(errors, rel=1e-11)


# The same, problem 47: a line fitted with all samples, with each, and with two of them in an update.
@pytest.mark.parametrize(
    ("batch", "slope", "lift"),
    [(0, 1.14905238833, 0.561767756185), (1, 1.05078140332, 0.836594544599), (2, 1.10334065295, 0.683294311552)],
)
def test_variants_of_gradient_descent(batch: int, slope: float, lift: float) -> None:
    rows = [[1.0], [2.0], [3.0], [4.0]]
    network = one_neuron(rows, [2, 3, 4, 5], [0.0], "linear", 0.01, Training(batch, epochs=100))
    course = trained(network)
    assert course.parameters == pytest.approx({"w1": slope, "b1": lift}, rel=1e-11)
    assert len(course.history) == 101


def test_two_samples_summed() -> None:
    """https://alexander-schiendorfer.github.io/2020/02/24/a-worked-example-of-backprop.html, with its rate of 0.5."""
    given = [sample([3, 1], [1, 0]), sample([-1, 4], [0, 1])]
    weights = [[[6.0, -2.0], [-3.0, 5.0]], [[1.0, 0.25], [-2.0, 2.0]]]
    network = layered(weights, [None, None], ["sigmoid", "sigmoid"], "sse", given, 0.5)
    found = quantities(replace(network, training=Training(reduction="sum")))
    known = {
        "E[1]": 0.0869920825999, "E[2]": 0.330252026511, "dE/dw5[1]": -0.105187690488, "dE/dw1[1]": -5.34381483665e-8,
        "w5'": 1.05259373018, "w6'": 0.112575130615, "w7'": -2.01327451245, "w8'": 2.01227681798,
        "out_o1'[1]": 0.74165987362, "E'[1]": 0.0815313776581, "E'[2]": 0.292809886007,
    }  # fmt: skip
    assert {key: found[key] for key in known} == pytest.approx(known, rel=1e-11)
    assert found["E'"] == found["history[1]"] == pytest.approx(0.0815313776581 + 0.292809886007, rel=1e-11)


def test_ten_thousand_epochs() -> None:
    """https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/; 0.0000351085 is after 9,999 updates."""
    start = time.perf_counter()
    course = trained(replace(mazur(), training=Training(epochs=10_000)))
    assert time.perf_counter() - start < 10
    assert course.history[10_000] == pytest.approx(0.0000351018778298, rel=1e-11)
    assert course.history[9_999] == pytest.approx(0.0000351085, abs=1e-10)
    assert course.parameters["b1"] == 0.35
    assert course.gradients["b1"] != 0


def moved(network: Network, values: dict[str, float]) -> Network:
    """The same network with other weights and biases."""

    def value(parameter: Parameter) -> Number:
        return Number.of(Fraction(values[parameter.key]))

    def rewired(neuron: Neuron) -> Neuron:
        wires = tuple(Wire(wire.source, replace(wire.weight, value=value(wire.weight))) for wire in neuron.wires)
        bias = replace(neuron.bias, value=value(neuron.bias)) if neuron.bias else None
        return replace(neuron, wires=wires, bias=bias)

    layers = tuple(replace(layer, neurons=tuple(map(rewired, layer.neurons))) for layer in network.layers)
    return replace(network, layers=layers)


def left_by(chosen: Optimizer, network: Network, found: dict[str, float], updates: int) -> Optimizer:
    """The optimizer as the first epoch leaves it: its state by parameter, and the number of the next update."""
    state = {}
    for letter in chosen.states:
        shared = letter == "P"
        names = {p.key: f"{letter}@{updates}" if shared else f"{letter}_{p.key}@{updates}" for p in network.parameters}
        state[letter] = {key: Number.of(Fraction(found[name])) for key, name in names.items()}
    return replace(chosen, state=state, t=chosen.t + updates)


@pytest.mark.parametrize("batch", [0, 2])
@pytest.mark.parametrize(("word", "form"), FORMS)
def test_two_epochs_are_one_and_then_another(word: str, form: str, batch: int) -> None:
    chosen = optimizer(word, form, weight_decay="0.01")
    network = small(dropout=True, batch=batch, epochs=2, optimizer=chosen)
    both, first = quantities(network), trained(replace(network, training=replace(network.training, epochs=1)))
    then = replace(network.training, epochs=1, optimizer=left_by(chosen, network, both, 2 if batch else 1))
    second = quantities(replace(moved(network, dict(first.parameters)), training=then))
    assert both["history[1]"] == pytest.approx(first.history[1], rel=1e-13)
    for key in ("E'", *(p.key + "'" for p in network.parameters), *(f"dE/d{p.key}" for p in network.parameters)):
        assert both[key] == pytest.approx(second[key], rel=1e-11, abs=1e-14), key


@pytest.mark.parametrize("batch", [0, 1, 2])
@pytest.mark.parametrize(("word", "form"), FORMS)
def test_the_loop_and_the_written_epoch_agree(word: str, form: str, batch: int) -> None:
    network = small(batch=batch, reduction="sum", optimizer=optimizer(word, form))
    course, found = trained(network), quantities(network)
    assert course.history == pytest.approx((found["E"], found["E'"]), rel=1e-13)
    for key, value in course.parameters.items():
        assert value == pytest.approx(found[f"{key}'"], rel=1e-13)
        assert course.gradients[key] == pytest.approx(found[f"dE/d{key}"], rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("dropout", [False, True])
@pytest.mark.parametrize("training", [{}, {"batch": 1}, {"batch": 2, "reduction": "sum", "epochs": 2}])
def test_every_line_of_a_working_is_known(training: dict[str, Any], dropout: bool) -> None:
    network = small(dropout=dropout, optimizer=optimizer("adam"), **training)
    working = work(network)
    values = {key: float(value) for key, value in evaluate(working).numbers.items() if key in working.steps}
    known = quantities(network)
    assert [key for key in values if key not in known] == []
    assert audit(values, network).agrees


def test_gradients_of_every_batch_are_held_against_differences() -> None:
    network = small(dropout=True, batch=2, optimizer=optimizer("nesterov", "look_ahead"))
    values = quantities(network)
    found = audit(values, network)
    assert found.agrees
    count = len(network.parameters)
    assert found.differences == 3 * count + 2 * count  # of each sample, and of each of two batches
    assert "ahead_w1@1" in values
    assert values["ahead_w1"] != values["w1@1"]


def test_where_the_optimizer_looks_ahead_the_history_is_that_of_the_parameters() -> None:
    state = {"v": Number.of("0.05")}
    chosen = replace(optimizer("nesterov", "look_ahead"), state=state)
    three, one = (quantities(small(epochs=epochs, optimizer=chosen)) for epochs in (3, 1))
    plain = quantities(small())
    assert [three["history[0]"], one["history[0]"]] == pytest.approx([plain["E"]] * 2, rel=1e-13)
    assert one["E"] != pytest.approx(plain["E"])
    assert three["history[1]"] == pytest.approx(one["E'"], rel=1e-13)


def test_what_earlier_updates_left_may_be_known_of_some_parameters() -> None:
    network = small()
    names = [p.key for p in network.parameters]
    chosen = replace(optimizer("momentum", dampening="0.5"), state={"v": {names[1]: Number.of("0.3")}})
    found = quantities(replace(network, training=Training(optimizer=chosen)))
    assert found[f"v_{names[1]}"] == pytest.approx(0.9 * 0.3 + 0.5 * found[f"dE/d{names[1]}"])
    assert found[f"v_{names[0]}"] == found[f"dE/d{names[0]}"]
    twice = replace(network, training=Training(optimizer=chosen, epochs=2))
    assert trained(twice).history[1] == pytest.approx(found["E'"], rel=1e-13)


def test_biases_that_stay_have_gradients_only() -> None:
    network = replace(small(batch=1, epochs=2), update_biases=False)
    found = quantities(network)
    assert "dE/db1" in found
    assert not [key for key in found if key.startswith(("b1", "step_b1"))]
    assert found["E'"] < found["E"]


# dropout


def test_inverted_dropout() -> None:
    """https://github.com/Open-Deep-ML/DML-OpenProblem, problem 151: values and gradients through a given mask."""
    one = numpy.eye(4).tolist()
    network = layered(
        [one, [[0.1, 0.2, 0.3, 0.4]]], [None, None], ["linear", "linear"], "mae", [sample([1, 2, 3, 4], [0])]
    )
    network = replace(network, dropout={"h": Dropout(((1, 0, 1, 0),), number("0.5"), inverted=True)})
    found = quantities(network)
    assert [found[f"drop_h{j}"] for j in range(1, 5)] == [2, 0, 6, 0]
    assert [found[f"dE/ddrop_h{j}"] for j in range(1, 5)] == [0.1, 0.2, 0.3, 0.4]
    assert [found[f"dE/dout_h{j}"] for j in range(1, 5)] == pytest.approx([0.2, 0, 0.6, 0])
    assert found["din_o1/ddrop_h3"] == 0.3
    assert found["ddrop_h3/dout_h3"] == 2


@pytest.mark.parametrize("inverted", [True, False])
def test_each_sample_has_its_mask(inverted: bool) -> None:
    network = replace(small(), dropout={"h": Dropout(MASKS, number("0.8"), inverted)})
    found, slopes = quantities(network), differences(network)
    for row, mask in enumerate(MASKS, 1):
        for place, bit in enumerate(mask, 1):
            kept = bit * found[f"out_h{place}[{row}]"] / (0.8 if inverted else 1)
            assert found[f"drop_h{place}[{row}]"] == pytest.approx(kept)
            assert found[f"drop_h{place}'[{row}]"] == pytest.approx(
                bit * found[f"out_h{place}'[{row}]"] / (0.8 if inverted else 1)
            )
    assert found["dE/dw3[1]"] == found["dE/dw8[1]"] == found["delta_h2[1]"] == 0
    assert found["dE/dw3[2]"] != 0
    assert {key: found[key] for key in slopes.values} == pytest.approx(slopes.values, rel=1e-7, abs=1e-10)


def test_one_mask_for_all_samples() -> None:
    once, thrice = (replace(small(), dropout={"h": Dropout(m, number(1), False)}) for m in (MASKS[:1], MASKS[:1] * 3))
    assert quantities(once) == quantities(thrice)


# the audit


def long_training() -> Network:
    return small(dropout=True, batch=2, epochs=4, optimizer=optimizer("adam"))


@pytest.mark.parametrize(
    "key",
    ["in_h1[3]", "drop_h1[1]", "dE/ddrop_h1[1]:o1", "dE/dw1[3]", "dE/dw7@2", "m_w7@1", "v_hat_b1@2", "step_w2@1",
     "w4@2", "history[0]", "history[3]", "E", "E'", "w4'", "dE/dw7"],
)  # fmt: skip
@pytest.mark.parametrize("wrong", [1.000001, -1])
def test_the_audit_names_what_is_wrong(key: str, wrong: float) -> None:
    values = quantities(long_training())
    assert audit(values, long_training()).agrees
    values[key] *= wrong
    found = audit(values, long_training())
    assert not found.agrees
    assert found.first_disagreement == key
    assert repr(values[key]) in found.detail


def test_a_training_that_makes_much_of_rounding_raises_no_false_alarm() -> None:
    """Two linear neurons in a row at a rate at which gradient descent never settles: an ulp grows 1e10-fold."""
    network = layered([[[0.9]], [[0.5]]], [None, None], ["linear", "linear"], "half_sse", [sample([1], [1])], 1.4)
    network = replace(network, training=Training(epochs=110))
    start = numpy.asarray([0.9, 0.5 * (1 + 2**-52)])
    course, reference = trained(network, start=start), trained(network)
    apart = abs(course.history[-1] - reference.history[-1])
    assert apart > 1e-7
    values = {f"history[{k}]": error for k, error in enumerate(course.history)}
    assert audit(values, network).agrees
    assert audit({**values, "history[1]": values["history[1]"] * 1.0001}, network).first_disagreement == "history[1]"


def test_a_training_that_diverges_is_no_agreement() -> None:
    network = one_neuron([[1.0], [2.0]], [1, 0], [0.5], "linear", 100, Training(epochs=200))
    found = audit(quantities(network), network)
    assert not found.agrees
    assert found.first_disagreement.startswith("history[")


def test_nothing_is_trained_without_a_rate() -> None:
    with pytest.raises(ValueError, match="learning rate"):
        trained(replace(small(), learning_rate=None))


@pytest.mark.parametrize(("word", "form"), [("sgd", "pytorch"), ("adamax", "paper"), ("nadam", "keras")])
def test_another_array_library_on_another_device(word: str, form: str) -> None:
    strict = pytest.importorskip("array_api_strict")
    network = small(dropout=True, batch=2, epochs=3, optimizer=optimizer(word, form))
    elsewhere = quantities(network, strict, strict.Device("device1"))
    assert elsewhere == pytest.approx(quantities(network), rel=1e-12, abs=1e-15)
