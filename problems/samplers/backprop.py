"""Feed-forward networks: one neuron, one hidden layer; two hidden layers, softmax, several samples, an optimizer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import Any

from ..asks import Ask, Posing, posing
from ..numbers import Value, distinct, matrix, spread
from ..rules import trivial, unkind
from ..wishes import Draw, Wishes

_ACTIVATIONS = ("sigmoid", "tanh", "relu", "linear")
_HARD = ("deep", "softmax", "samples", "optimizer")
_OPTIMIZERS: tuple[Any, ...] = (
    {"momentum": {"beta": 0.9, "state": {"v": 0.1}}},
    {"nesterov": {"beta": 0.9, "state": {"v": 0.1}}},
    {"adagrad": {"state": {"G": 0.2}}},
    {"adam": {"t": 1, "state": {"m": 0.05, "v": 0.01}}},
)
"""All with an earlier state: from nothing the first step of Adam is η whatever the gradient, and no mistake is seen."""
SETTINGS = ("inputs", "hidden", "outputs", "activation", "variant", "ask")


@dataclass(frozen=True, slots=True)
class _Shape:
    """The sizes of the layers, inputs first, the activations of the layers, and what makes it hard ('' for nothing)."""

    sizes: tuple[int, ...]
    hidden: str
    output: str
    variant: str

    def activation(self, layer: int) -> str:
        return self.output if layer == len(self.sizes) - 1 else self.hidden


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """A network with numbers of one or two decimals, and a question about it."""
    shape = _shape(form, wishes)
    spec = _network(form, rng, shape, wishes)
    points = 8 + 2 * (len(shape.sizes) - 3) + 2 * (shape.variant == "samples")
    posed = Posing({"title": _title(shape), **spec}, points, lambda solution: _unfit(solution, wishes))
    refused = _refused(spec)
    return posing(form, posed, _offered(form, shape, wishes), wishes) if not refused else Draw(spec, refused=refused)


def _shape(form: Random, wishes: Wishes) -> _Shape:
    variants = ("deep",) if wishes.in_head else _HARD
    variant = wishes.word("variant", form.choice(variants) if wishes.level == "hard" else "", ("", *variants))
    inputs = wishes.count("inputs", 2, 1, 5)
    if wishes.level == "easy" and not {"hidden", "outputs", "variant"} & set(wishes.settings):
        sizes: tuple[int, ...] = (inputs, 1)
    else:
        width = wishes.count("hidden", 2, 1, 5)
        outputs = wishes.count("outputs", 2 if variant == "softmax" else form.choice((1, 2)), 1, 4)
        outputs = max(outputs, 2) if variant == "softmax" else outputs
        sizes = (inputs, width, width, outputs) if variant == "deep" else (inputs, width, outputs)
    usual = "relu" if wishes.in_head else form.choice(("sigmoid", "sigmoid", "tanh", "relu"))
    if wishes.in_head and len(sizes) == 2:
        usual = "linear"  # one ReLU alone is dead or linear
    hidden = wishes.word("activation", usual, _ACTIVATIONS)
    if wishes.in_head:
        return _Shape(sizes, "relu" if hidden != "linear" else hidden, "linear", variant)
    output = "softmax" if variant == "softmax" else "linear" if hidden == "relu" else hidden
    return _Shape(sizes, hidden, output, variant)


def _network(form: Random, rng: Random, shape: _Shape, wishes: Wishes) -> dict[str, Any]:
    head = wishes.in_head
    weights = [-2, -1, 1, 2, 3] if head else spread("-0.9", "0.9", "0.1")
    biases = [-2, -1, 1, 2] if head else spread("-0.5", "0.5", "0.1")
    spec = {
        "kind": "backprop",
        **_samples(rng, shape, head),
        "layers": [
            {
                "name": _name(layer, shape),
                "weights": matrix(rng, weights, shape.sizes[layer], shape.sizes[layer - 1]),
                "biases": distinct(rng, biases, shape.sizes[layer]),
                "activation": shape.activation(layer),
            }
            for layer in range(1, len(shape.sizes))
        ],
        "loss": "cce" if shape.output == "softmax" else "half_sse",
        "learning_rate": rng.choice(_rates(shape, head)),
    }  # fmt: skip
    return {**spec, "optimizer": form.choice(_OPTIMIZERS)} if shape.variant == "optimizer" else spec


def _rates(shape: _Shape, head: bool) -> tuple[float, ...]:
    """Learning rates; through two hidden layers little comes back, so that they are larger."""
    if head:
        return (0.5, 0.25)
    return (0.5, 1, 2) if shape.variant == "deep" else (0.1, 0.2, 0.5)


def _samples(rng: Random, shape: _Shape, head: bool) -> dict[str, Any]:
    """Inputs and target, or two samples."""
    numbers = [1, 2, 3, -1] if head else [*spread("0.1", "0.9", "0.1"), 1.5, 2, -1]
    found = [
        {"inputs": distinct(rng, numbers, shape.sizes[0]), "target": _target(rng, shape, head)}
        for _ in range(2 if shape.variant == "samples" else 1)
    ]
    return {"samples": found} if len(found) > 1 else found[0]


def _name(layer: int, shape: _Shape) -> str:
    last = len(shape.sizes) - 1
    return "o" if layer == last else "h" if last == 2 else f"{'gh'[layer - 1]}"


def _target(rng: Random, shape: _Shape, head: bool) -> list[Value]:
    count = shape.sizes[-1]
    if shape.output == "softmax":
        hot = rng.randrange(count)
        return [int(k == hot) for k in range(count)]
    return distinct(rng, [2, 3, 4, -2, 5] if head else [0.1, 0.9, 0.2, 0.8, 0.3, 0.7], count)


def _title(shape: _Shape) -> str:
    more = {"samples": ", two samples", "optimizer": " and its optimizer"}.get(shape.variant, "")
    if len(shape.sizes) == 2:
        return (f"A single {shape.output} neuron" if shape.sizes[1] == 1 else f"A layer of {shape.sizes[1]}") + more
    return f"A {'-'.join(map(str, shape.sizes))} network{more}"


def _refused(spec: dict[str, Any]) -> str:
    """ReLUs that are all on or all off, or a saturated neuron, found in plain numbers before anything is solved."""
    fires: list[bool] = []
    for each in spec.get("samples", [spec]):
        outs = each["inputs"]
        for layer in spec["layers"]:
            pairs = zip(layer["weights"], layer["biases"], strict=True)
            nets = [sum(w * x for w, x in zip(row, outs, strict=True)) + bias for row, bias in pairs]
            if layer["activation"] == "relu":
                fires += [net > 0 for net in nets]
            outs = [_out(layer["activation"], net) for net in nets]
            if layer["activation"] == "tanh" and max(map(abs, outs)) > 0.97:
                return "a tanh is saturated"
    return "every ReLU is dead or none is" if fires and (all(fires) or not any(fires)) else ""


def _out(activation: str, net: float) -> float:
    if activation == "sigmoid":
        return 1 / (1 + math.exp(-net))
    return math.tanh(net) if activation == "tanh" else max(0.0, net) if activation == "relu" else net


def _offered(form: Random, shape: _Shape, wishes: Wishes) -> dict[str, Ask]:
    """The ways to ask; a single weight is one of the first layer, for a line one of the last where there are many."""
    first, count = (
        shape.sizes[0] * shape.sizes[1],
        sum(a * b for a, b in zip(shape.sizes, shape.sizes[1:], strict=False)),
    )
    one = (f"w{form.randint(1, first)}'",)
    late = (f"w{form.randint(count - shape.sizes[-2] * shape.sizes[-1] + 1, count)}'",)
    training = ("learning_rate", "optimizer")
    offered = {
        "forward": Ask(without=("target", "loss", *training), share=0.4),
        "gradients": Ask(without=training),
        "one weight": Ask(one, share=0.6),
        "all weights": Ask(),
        "error after": Ask(("E", "E'")),
        "line": Ask(late if len(shape.sizes) > 3 or shape.variant == "samples" else one, share=0.6),
        "mistake": Ask(one, share=0.8),
    }
    if len(shape.sizes) == 2:
        del offered["one weight"]
    elif wishes.in_head:
        del offered["error after"]  # squares of squares grow long
    if shape.variant == "samples":
        del offered["forward"]
    if shape.variant == "optimizer":
        offered = {name: ask for name, ask in offered.items() if name not in ("forward", "gradients")}
    return offered


def _unfit(solution: Any, wishes: Wishes) -> str:
    asked = solution.asked or all("Max" not in type(s.formula).__name__ for s in solution.working.steps.values())
    reason = unkind(solution, wishes.in_head)
    return reason or (trivial(solution.answers.values()) if asked else "")  # a ReLU that is off makes gradients of 0
