"""Classic mistakes in any working, held against the same mistakes made with plain numbers."""

from __future__ import annotations

from typing import Any

import pytest
from layered import Layered, applies, updated

from problems import sample
from problems.asked import asked
from problems.mistake_table import MISTAKES
from problems.mistakes import collision, wrong_answers
from problems.samplers import SAMPLERS
from solver.api import loads, solve

BY_LAYERS = (
    "wrong sign",
    "forgotten ½",
    "bias forgotten",
    "transposed weights",
    "one path only",
    "updated weights used too early",
)


def layered(spec: dict[str, Any]) -> Layered:
    layers = [(layer["weights"], layer["biases"], layer["activation"]) for layer in spec["layers"]]
    return Layered(layers, spec["inputs"], spec["target"], spec["learning_rate"])


def network(seed: int, outputs: int = 2) -> dict[str, Any]:
    chosen = {"outputs": outputs, "activation": "sigmoid", "variant": "deep", "ask": "all weights"}
    found = sample("backprop", seed, "hard", **chosen).spec
    rate_and_target = {"learning_rate": 0.5, "target": [0.2, 0.9][:outputs], "loss": "half_sse"}
    spec = {key: value for key, value in found.items() if key != "find"} | rate_and_target
    spec["layers"][-1]["activation"] = "sigmoid"
    return spec


@pytest.mark.parametrize("mistake", BY_LAYERS)
@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_plain_numbers(mistake: str, seed: int) -> None:
    spec = network(seed)
    solution, net = solve(loads(str(spec).replace("'", '"'))), layered(spec)
    flat = [w for layer in updated(net, mistake) for row in layer for w in row]
    keys = [f"w{index}'" for index in range(1, len(flat) + 1)]
    assert applies(net, mistake, 0)
    found = wrong_answers(solution, keys)[mistake]
    assert list(found.values()) == pytest.approx(flat, rel=1e-12)


ADAM = "function: x^2, start: {x: 1}, learning_rate: 0.1, steps: 2, optimizer"
GRU = "inputs: [0], hidden: 1, weights: {Wz: 0, Uz: 0, bz: 1, Wr: 0, Ur: 0, br: 0, Wh: 0, Uh: 0, bh: 0}"
LSTM = "inputs: [0], cell_state: 2, weights: {Wf: 0, Uf: 0, bf: 0, Wi: 0, Ui: 0, bi: 0, Wo: 0, Uo: 0, bo: 0"
RNN = "inputs: [1, 1], weights: {Wx: 1, Wh: 1, b: 0}, activation: linear"
LINE = "x: [1, 2, 3], y: [2, 3, 7]"
DESCENT = f"{LINE}, method: gradient-descent, learning_rate: 0.1, epochs: 1"
CONFUSION = "confusion: {tp: 6, fn: 2, fp: 4, tn: 8}"
IMAGE = "image: [[1, 2], [-3, 4]], layers: [{conv: {kernels: [[1, 0], [0, 5]], biases: [1]}}"
SIGMOID_OF_1 = 0.7310585786300049
BY_HAND = [
    ("normalization", "inputs: [[1], [2], [6]], method: batch, epsilon: 0", "variance[1]", "n − 1 for n", 7),
    ("normalization", "inputs: [[1], [2], [6]], method: batch, epsilon: 0", "std[1]", "variance for its root", 14 / 3),
    ("normalization", "inputs: [[0], [2]], method: batch, epsilon: 0, gamma: [3]", "out[2,1]",
     "gamma and beta forgotten", 1),
    ("dropout", "phase: test, activations: [4, 2], keep: 0.5", "s1", "divided by p", 8),
    ("dropout", "activations: [4, 2], mask: [1, 0], keep: 0.5, inverted: true", "d1", "not divided by p", 4),
    ("dropout", "activations: [4, 2], mask: [1, 0], keep: 0.5", "d2", "mask turned", 2),
    ("gradient-descent", f"{ADAM}: {{adam: {{epsilon: 0}}}}", "x[1]", "bias correction forgotten",
     1 - 0.1 * 0.2 / 0.004**0.5),
    ("gradient-descent", f"{ADAM}: {{momentum: {{beta: 0.5}}}}", "x[2]", "velocity forgotten", 0.64),
    ("gradient-descent", f"{ADAM}: {{rmsprop: {{rho: 0.75, epsilon: 0}}}}", "x[1]", "β and 1 − β swapped",
     1 - 0.2 / 3**0.5),
    ("gradient-descent", f"{ADAM}: sgd", "x[2]", "wrong sign", 1.44),
    ("recurrent", f"cell: gru, {GRU}", "h_1", "roles of the gate swapped", 1 - SIGMOID_OF_1),
    ("recurrent", f"cell: lstm, {LSTM}, Wc: 0, Uc: 0, bc: 0}}", "h_1", "cell state not squashed", 0.5),
    ("recurrent", RNN, "h_2", "earlier state forgotten", 1),
    ("recurrent", f"{RNN}, target: 1, loss: half_sse", "dE/dWx", "one time only", 1),
    ("metrics", CONFUSION, "precision", "false positives and negatives confused", 0.75),
    ("metrics", CONFUSION, "f1", "plain mean for harmonic mean", 0.675),
    ("metrics", CONFUSION, "accuracy", "true negatives forgotten", 0.3),
    ("loss", "loss: mse, predicted: [1, 2], target: [0, 0]", "E", "sum for mean", 5),
    ("loss", "loss: mse, predicted: [1, 2], target: [0, 0]", "dE/dy2", "forgotten 2", 1),
    ("loss", "loss: half_sse, predicted: [1, 2], target: [0, 0]", "dE/dy2", "forgotten ½", 4),
    ("loss", "loss: cce, predicted: [0.1, 0.9], target: [1, 0]", "E", "logarithm to base 10", 1),
    ("attention", "queries: [[1, 0, 0, 0]], keys: [[6, 0, 0, 0]], values: [[1]]", "scaled[1,1]", "scale forgotten", 6),
    ("convolution", f"{IMAGE}]", "conv1[1,1]", "kernel turned", 10),
    ("convolution", f"{IMAGE}]", "conv1[1,1]", "bias forgotten", 21),
    ("convolution", "image: [[1, 2], [-3, 4]], layers: [relu, {max_pool: 2}]", "pool1[1,1]",
     "maximum and mean confused", 1.75),
    ("convolution", "image: [[1, 2], [-3, 4]], layers: [relu, {avg_pool: 2}]", "pool1[1,1]", "ReLU forgotten", 1),
    ("linear-regression", LINE, "m", "n forgotten", (29 - 6 * 12) / (14 - 36)),
    ("linear-regression", LINE, "c", "sign of the intercept", 4 + 2.5 * 2),
    ("linear-regression", DESCENT, "dE/dm", "not divided by n", -2 * 29),
    ("logistic-regression", "x: [0, 2], y: [0, 1], start: {w1: 1}, learning_rate: 1", "yhat[2]@0",
     "activation left out", 2),
    ("gradient-flow", "depth: 2, activation: linear, weight: 3, input: 1", "dout_2/dx", "weights forgotten", 1),
    ("graph", "at: {x: 2, y: 3}, steps: {q: 2*x, f: q*y}", "df/dx", "factors added", 5),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "spec", "key", "mistake", "value"), BY_HAND)
def test_worked_by_hand(kind: str, spec: str, key: str, mistake: str, value: float) -> None:
    solution = solve(loads(f"{{kind: {kind}, {spec}}}"))
    assert wrong_answers(solution, [key])[mistake][key] == pytest.approx(value, rel=1e-9)


def test_every_mistake_is_tried() -> None:
    assert {mistake.name for mistake in MISTAKES} == {*BY_LAYERS, "missing derivative", *(row[3] for row in BY_HAND)}


def test_missing_derivative() -> None:
    net = "inputs: [1], target: 0, loss: half_sse, layers: [{weights: [[1]], activation: sigmoid}]"
    found = wrong_answers(solve(loads(f"{{kind: backprop, {net}}}")), ["dE/dw1"])
    assert found["missing derivative"]["dE/dw1"] == pytest.approx(SIGMOID_OF_1)


def test_what_cannot_be_told_apart() -> None:
    dead = "{kind: backprop, inputs: [1], layers: [{name: h, weights: [[-3]], biases: 1, activation: relu}]}"
    assert collision(solve(loads(dead)), ["out_h1"]) == "bias forgotten gives the same as the right answer"
    assert collision(solve(loads(dead.replace("-3", "3"))), ["out_h1"]) == ""


@pytest.mark.parametrize("kind", SAMPLERS)
def test_what_is_asked(kind: str) -> None:
    for seed in range(3):
        problem = sample(kind, seed)
        found = asked(problem)
        assert len({each.key for each in found}) == len(found) > 0
        assert sum(each.points for each in found) == max(problem.points, len(found))
        for each in found:
            assert each.tolerance >= 0
            if isinstance(each.value, float):
                texts = [t for t in (each.text, each.by_hand) if t]
                assert all(abs(float(t.replace(",", "")) - each.value) <= each.tolerance * (1 + 1e-9) for t in texts)
                assert all(abs(wrong.value - each.value) > 2 * each.tolerance for wrong in each.wrong)
