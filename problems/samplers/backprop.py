"""Feed-forward networks: one neuron, one hidden layer, two hidden layers, softmax."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from solver.rounding import shown

from ..layered import MISTAKES, Layered, applies, updated
from ..numbers import Value, distinct, matrix, spread
from ..rules import confused, in_head, neurons, trivial
from ..wishes import Draw, Wishes

SETTINGS = ("inputs", "hidden", "outputs", "activation")
_ACTIVATIONS = ("sigmoid", "tanh", "relu", "linear")
_ASKS = ("forward", "gradients", "one weight", "all weights", "error after", "mistake")


@dataclass(frozen=True, slots=True)
class _Shape:
    """The sizes of the layers, inputs first, and the activations of the layers."""

    sizes: tuple[int, ...]
    hidden: str
    output: str

    def activation(self, layer: int) -> str:
        return self.output if layer == len(self.sizes) - 1 else self.hidden


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """A network with numbers of one or two decimals, and a question about it."""
    shape = _shape(form, wishes)
    spec = _network(rng, shape, wishes)
    ask = form.choice(_ASKS if wishes.level != "easy" else ("forward", "gradients", "all weights", "error after"))
    if ask == "forward":
        asked = {k: v for k, v in spec.items() if k not in ("target", "learning_rate", "loss")}
    elif ask == "gradients":
        asked = {k: v for k, v in spec.items() if k != "learning_rate"}
    else:
        asked = {**spec, **_find(form, ask, shape)}
    words, note = _wrong(form, spec, asked["find"][0]) if ask == "mistake" else ("", "")
    points = {"forward": 3, "one weight": 5, "mistake": 6}.get(ask, 8) + 2 * (len(shape.sizes) - 3)
    return Draw(
        {"title": _title(shape), **asked},
        words,
        note,
        max(points, 2),
        unfit=lambda solution: _unfit(solution, spec, shape, wishes),
    )


def _wrong(form: Random, spec: dict[str, Any], key: str) -> tuple[str, str]:
    """What a student found who made a classic mistake, and which it was."""
    net, index = _layered(spec), int(key[1:-1]) - 1
    mistake = form.choice([name for name in MISTAKES if applies(net, name, 0)])
    number = shown(_flat(updated(net, mistake), {index})[0], 4).replace("-", "−")
    found = (
        f"A student finds {key} = {number}, which is wrong. Work it out, and say which mistake leads to that number."
    )
    return found, f"The mistake: {mistake}."


def _shape(form: Random, wishes: Wishes) -> _Shape:
    inputs = wishes.count("inputs", 2, 1, 5)
    if wishes.level == "easy" and not {"hidden", "outputs"} & set(wishes.settings):
        sizes: tuple[int, ...] = (inputs, 1)
    else:
        width = wishes.count("hidden", 2, 1, 5)
        deep = wishes.level == "hard" and form.random() < 0.5
        outputs = wishes.count("outputs", form.choice((1, 2)), 1, 4)
        sizes = (inputs, width, width, outputs) if deep else (inputs, width, outputs)
    softmax = wishes.level == "hard" and not wishes.in_head and sizes[-1] > 1 and form.random() < 0.5
    usual = "relu" if wishes.in_head else form.choice(("sigmoid", "sigmoid", "tanh", "relu"))
    hidden = wishes.word("activation", usual, _ACTIVATIONS)
    if wishes.in_head:
        return _Shape(sizes, "relu" if hidden != "linear" else hidden, "linear")
    return _Shape(sizes, hidden, "softmax" if softmax else "linear" if hidden == "relu" else hidden)


def _network(rng: Random, shape: _Shape, wishes: Wishes) -> dict[str, Any]:
    head = wishes.in_head
    weights = [-2, -1, -0.5, 0.5, 1, 2, 3] if head else spread("-0.9", "0.9", "0.1")
    biases = [-2, -1, 1, 2] if head else spread("-0.5", "0.5", "0.1")
    inputs = [1, 2, 3, -1, 0.5] if head else [*spread("0.1", "0.9", "0.1"), 1.5, 2, -1]
    return {
        "kind": "backprop",
        "inputs": distinct(rng, inputs, shape.sizes[0]),
        "layers": [
            {
                "name": _name(layer, shape),
                "weights": matrix(rng, weights, shape.sizes[layer], shape.sizes[layer - 1]),
                "biases": distinct(rng, biases, shape.sizes[layer]),
                "activation": shape.activation(layer),
            }
            for layer in range(1, len(shape.sizes))
        ],
        "target": _target(rng, shape, head),
        "loss": "cce" if shape.output == "softmax" else "half_sse",
        "learning_rate": rng.choice((0.5, 0.25)) if head else rng.choice((0.1, 0.2, 0.5)),
    }  # fmt: skip


def _name(layer: int, shape: _Shape) -> str:
    last = len(shape.sizes) - 1
    return "o" if layer == last else "h" if last == 2 else f"{'gh'[layer - 1]}"


def _target(rng: Random, shape: _Shape, head: bool) -> list[Value]:
    count = shape.sizes[-1]
    if shape.output == "softmax":
        hot = rng.randrange(count)
        return [int(k == hot) for k in range(count)]
    return distinct(rng, [2, 3, 4, -2, 5] if head else [0.1, 0.9, 0.2, 0.8, 0.3, 0.7], count)


def _find(form: Random, ask: str, shape: _Shape) -> dict[str, Any]:
    if ask == "error after":
        return {"find": ["E", "E'"]}
    return (
        {"find": [f"w{form.randint(1, shape.sizes[0] * shape.sizes[1])}'"]} if ask in ("one weight", "mistake") else {}
    )


def _title(shape: _Shape) -> str:
    if len(shape.sizes) == 2:
        return f"A single {shape.output} neuron" if shape.sizes[1] == 1 else f"One layer of {shape.sizes[1]} neurons"
    return f"A {'-'.join(map(str, shape.sizes))} network"


def _unfit(solution: Any, spec: dict[str, Any], shape: _Shape, wishes: Wishes) -> str:
    activations = {
        f"{_name(layer, shape)}{neuron}": shape.activation(layer)
        for layer in range(1, len(shape.sizes))
        for neuron in range(1, shape.sizes[layer] + 1)
    }
    reason = neurons(solution.values.numbers, activations)
    if not reason and (shape.hidden != "relu" or solution.asked):  # a ReLU that is off makes gradients of 0
        reason = trivial(solution.answers.values())
    if not reason and wishes.in_head:
        reason = in_head(solution)
    return reason or _mistaken(spec, solution)


def _mistaken(spec: dict[str, Any], solution: Any) -> str:
    """Whether a classic mistake cannot be told from the right working, or from another one."""
    if not solution.asks_gradients:
        return ""
    net = _layered(spec)
    only = {int(key[1:-1]) - 1 for key in solution.asked if key.startswith("w")}
    wrong = {name: _flat(updated(net, name), only) for name in MISTAKES if applies(net, name, 0)}
    return confused(_flat(updated(net), only), wrong)


def _layered(spec: dict[str, Any]) -> Layered:
    layers = [(layer["weights"], layer["biases"], layer["activation"]) for layer in spec["layers"]]
    return Layered(layers, spec["inputs"], spec["target"], spec["learning_rate"])


def _flat(weights: list[list[list[float]]], only: set[int]) -> tuple[float, ...]:
    """The new weights in a row: all, or those asked for."""
    flat = [w for layer in weights for row in layer for w in row]
    return tuple(w for index, w in enumerate(flat) if not only or index in only)
