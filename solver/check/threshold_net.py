"""The independent second look at given layers of threshold neurons: all rows at once, as matrices."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy

from ..spec.perceptron_problem import GivenLayer, ThresholdNet
from .backends import Arrays, on_host, settled
from .backends import backend as array_backend
from .compare import Audit, Differences, held


def audited(values: Mapping[str, float], problem: ThresholdNet, backend: str = "numpy") -> Audit:
    """Every value held against the reference. Raises Unavailable for a backend that is not here."""
    xp, device = array_backend(backend)
    return held(values, quantities(problem, xp, device), Differences(), backend)


def quantities(problem: ThresholdNet, xp: Any, device: Any) -> dict[str, float]:
    """Weights, lines, every neuron for every row, and for every pattern of the first layer."""
    on = Arrays(xp, device)
    found = _parameters(problem)
    rows = numpy.asarray([[float(number.value) for number in case.inputs] for case in problem.samples])
    for index, row in enumerate(rows, 1):
        found |= {f"{name}{problem.tag(index)}": float(each) for name, each in zip(problem.inputs, row, strict=True)}
    found |= _passed(problem, on, rows, [problem.tag(index) for index in range(1, len(rows) + 1)], 0)
    first = problem.layers[0]
    if first.activation in ("step", "sign") and len(first.weights) <= 6:
        bits = list(product((0, 1), repeat=len(first.weights)))
        low = 0.0 if first.activation == "step" else -1.0
        states = numpy.where(numpy.asarray(bits) == 1, 1.0, low)
        found |= _passed(problem, on, states, [f"{{{''.join(map(str, row))}}}" for row in bits], 1)
    return found


def _parameters(problem: ThresholdNet) -> dict[str, float]:
    """Weights and biases numbered through the layers, and the lines of the first layer."""
    weights = [float(w.value) for layer in problem.layers for row in layer.weights for w in row]
    biases = [float(b.value) for layer in problem.layers for b in layer.biases]
    found = {f"w{number}": each for number, each in enumerate(weights, 1)}
    found |= {f"b{number}": each for number, each in enumerate(biases, 1)}
    matrix, offsets = _arrays(problem.layers[0])
    if matrix.shape[1] == 2:
        for name, (a, b), c in zip(problem.layers[0].neurons, matrix, offsets, strict=True):
            if b:
                found |= {f"slope_{name}": float(-a / b), f"intercept_{name}": float(-c / b)}
            elif a:
                found[f"at_{name}"] = float(-c / a)
    return found


def _arrays(layer: GivenLayer) -> tuple[Any, Any]:
    """Weights (neurons, inputs) and biases (neurons,)."""
    matrix = numpy.asarray([[float(w.value) for w in row] for row in layer.weights])
    return matrix, numpy.asarray([float(b.value) for b in layer.biases])


def _passed(problem: ThresholdNet, on: Arrays, rows: Any, tags: list[str], start: int) -> dict[str, float]:
    """Net inputs and outputs of all rows (samples, inputs) from layer `start` on."""
    found: dict[str, float] = {}
    outs = on.place(rows)
    for layer in problem.layers[start:]:
        matrix, offsets = map(on.place, _arrays(layer))
        turned = on.xp.permute_dims(matrix, (1, 0))
        size = on.xp.abs(outs) @ on.xp.abs(turned) + on.xp.abs(offsets)
        nets = settled(on.xp, outs @ turned + offsets, size)
        outs = _output(problem, on.xp, layer, nets)
        for kind, table in (("in", on_host(nets)), ("out", on_host(outs))):
            for tag, row in zip(tags, table, strict=True):
                found |= {f"{kind}_{name}{tag}": float(e) for name, e in zip(layer.neurons, row, strict=True)}
    return found


def _output(problem: ThresholdNet, xp: Any, layer: GivenLayer, nets: Any) -> Any:
    if layer.activation == "linear":
        return nets
    if layer.activation == "relu":
        return xp.where(nets > 0, nets, xp.zeros_like(nets))
    fired = nets >= 0 if problem.fires == ">=" else nets > 0
    high = xp.ones_like(nets)
    return xp.where(fired, high, xp.zeros_like(nets) if layer.activation == "step" else -high)
