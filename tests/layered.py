"""The classic mistakes of backpropagation, worked through with plain numbers.

A layered network is a list of (weights, biases, activation); `weights[j][k]` leads from k to j.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Vector = list[float]
Matrix = list[Vector]


@dataclass(frozen=True, slots=True)
class Layered:
    """Layers, one sample, and the rate: what one update needs. The error is ½Σ(t − y)²; after softmax −Σ t ln y."""

    layers: Sequence[tuple[Matrix, Vector, str]]
    inputs: Vector
    target: Vector
    rate: float


MISTAKES = (
    "wrong sign",
    "missing derivative",
    "forgotten ½",
    "bias forgotten",
    "transposed weights",
    "one path only",
    "updated weights used too early",
)
_DEEP = MISTAKES[4:]


def updated(net: Layered, mistake: str = "") -> list[Matrix]:
    """The new weights of every layer after one update, worked with this mistake ('': rightly)."""
    outs = _forward(net, mistake)
    layers = list(net.layers)
    new: list[Matrix] = []
    delta = _first_delta(net, outs[-1], mistake)
    for index in range(len(layers) - 1, -1, -1):
        weights, _, _ = layers[index]
        rate = -net.rate if mistake == "wrong sign" else net.rate
        moved = [
            [w - rate * d * x for w, x in zip(row, outs[index], strict=True)]
            for row, d in zip(weights, delta, strict=True)
        ]
        new.insert(0, moved)
        if index:
            delta = _passed(
                moved if mistake == _DEEP[2] else weights, delta, outs[index], layers[index - 1][2], mistake
            )
    return new


def applies(net: Layered, mistake: str, layer: int) -> bool:
    """Whether the mistake can be made on the way to the weights of this layer (counted from 0)."""
    output = net.layers[-1]
    behind = [weights for weights, _, _ in net.layers[layer + 1 :]]
    if mistake == "missing derivative":
        return output[2] in ("sigmoid", "tanh")
    if mistake == "forgotten ½":
        return output[2] != "softmax"
    if mistake == "bias forgotten":
        return any(any(biases) for _, biases, _ in net.layers)
    if mistake == "transposed weights":
        return any(len(w) == len(w[0]) > 1 for w in behind)
    if mistake == "one path only":
        return any(len(w) > 1 for w in behind)
    return mistake == "wrong sign" or bool(behind)


def _forward(net: Layered, mistake: str) -> list[Vector]:
    outs = [net.inputs]
    for weights, biases, activation in net.layers:
        add = [0.0] * len(weights) if mistake == "bias forgotten" else biases
        nets = [sum(w * x for w, x in zip(row, outs[-1], strict=True)) + b for row, b in zip(weights, add, strict=True)]
        outs.append(_activated(nets, activation))
    return outs


def _activated(nets: Vector, activation: str) -> Vector:
    if activation == "softmax":
        powers = [math.exp(z) for z in nets]
        return [p / sum(powers) for p in powers]
    if activation == "sigmoid":
        return [1 / (1 + math.exp(-z)) for z in nets]
    if activation == "tanh":
        return [math.tanh(z) for z in nets]
    return [max(0.0, z) for z in nets] if activation == "relu" else nets


def _slope(out: float, activation: str) -> float:
    if activation == "sigmoid":
        return out * (1 - out)
    if activation == "tanh":
        return 1 - out * out
    return float(out > 0) if activation == "relu" else 1.0


def _first_delta(net: Layered, out: Vector, mistake: str) -> Vector:
    activation = net.layers[-1][2]
    plain = activation == "softmax" or mistake == "missing derivative"
    factor = 2 if mistake == "forgotten ½" else 1
    return [factor * (y - t) * (1 if plain else _slope(y, activation)) for y, t in zip(out, net.target, strict=True)]


def _passed(weights: Matrix, delta: Vector, out: Vector, activation: str, mistake: str) -> Vector:
    """The deltas of the layer before."""
    if mistake == "transposed weights" and len(weights) == len(weights[0]):
        weights = [list(column) for column in zip(*weights, strict=True)]
    last = 1 if mistake == "one path only" else len(delta)
    back = [sum(weights[j][k] * delta[j] for j in range(last)) for k in range(len(out))]
    return [b * _slope(y, activation) for b, y in zip(back, out, strict=True)]
