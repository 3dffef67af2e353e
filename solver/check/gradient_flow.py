"""The independent second look at gradient flow: layers as arrays, products from both ends, finite differences."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy

from ..spec.gradient_flow import Flow
from .activations import ACTIVATIONS, SETTINGS, Elementwise
from .backends import Arrays, on_host
from .backends import backend as array_backend
from .compare import Audit, Differences, held

_STEP = 1e-4
_ULP = 2.0**-52
_STEEPEST = {"linear": 1.0, "sigmoid": 0.25, "tanh": 1.0, "relu": 1.0, "softplus": 1.0}


def audited(values: Mapping[str, float], problem: Flow, backend: str = "numpy") -> Audit:
    """Every value held against the reference, every gradient against differences.

    Raises Unavailable for a backend that is not here.
    """
    xp, device = array_backend(backend)
    slopes: dict[str, float] = {}
    doubts: dict[str, float] = {}
    skipped: set[str] = set()
    for index in range(len(problem.functions)):
        found = _Run(problem, Arrays(xp, device), index).differences()
        slopes |= found.values
        doubts |= found.doubts
        skipped |= found.skipped
    return held(values, quantities(problem, xp, device), Differences(slopes, doubts, frozenset(skipped)), backend)


def quantities(problem: Flow, xp: Any, device: Any) -> dict[str, float]:
    """Every net input, output, slope, factor, product and logarithm by its key."""
    found = {"x": float(problem.start.value)}
    for letter, numbers in (("w", problem.weights), ("b", problem.biases)):
        for place, number in enumerate(numbers, 1):
            found[f"{letter}{place if len(numbers) > 1 else ''}"] = float(number.value)
    for index in range(len(problem.functions)):
        found |= _Run(problem, Arrays(xp, device), index).quantities()
    return found


class _Run:
    """One function through all layers."""

    def __init__(self, problem: Flow, on: Arrays, index: int) -> None:
        self.problem, self.on = problem, on
        self.function = problem.functions[index]
        self.tag = problem.tag(index)
        rule = ACTIVATIONS[self.function.name]
        assert isinstance(rule, Elementwise)
        self.rule = rule
        given = self.function.setting
        self.setting = SETTINGS.get(self.function.name, 0.0) if given is None else float(given.value)
        self.weights = self._spread(tuple(float(w.value) for w in problem.weights))
        self.biases = self._spread(tuple(float(b.value) for b in problem.biases) or (0.0,))

    def _spread(self, numbers: tuple[float, ...]) -> list[float]:
        return list(numbers) * (self.problem.depth if len(numbers) == 1 else 1)

    def nets(self, start: Any, first: int) -> tuple[Any, Any]:
        """Net inputs of the layers after `first`, each (1, points), and the last output, from the value at `first`."""
        rows, value = [], start
        for weight, bias in list(zip(self.weights, self.biases, strict=True))[first:]:
            rows.append(weight * value + bias)
            value = self.rule.value(self.on, rows[-1], self.setting)
        return rows, value

    def quantities(self) -> dict[str, float]:
        rows, _ = self.nets(self.on.place(numpy.asarray([[float(self.problem.start.value)]])), 0)
        nets = self.on.xp.concat(rows)
        outs = on_host(self.rule.value(self.on, nets, self.setting))[:, 0]
        slopes = on_host(self.rule.slope(self.on, nets, self.setting))[:, 0]
        weights = numpy.asarray(self.weights)
        last = self.problem.depth
        found = self._table("in_{n}{t}", on_host(nets)[:, 0]) | self._table("out_{n}{t}", outs)
        found |= self._table("dout_{n}{t}/din_{n}{t}", slopes) | self._table("factor_{n}{t}", slopes * weights)
        found |= {f"din_{n}{self.tag}/dout_{n - 1}{self.tag}": weights[n - 1] for n in range(2, last + 1)}
        found[f"din_1{self.tag}/dx"] = weights[0]
        back = numpy.multiply.accumulate((slopes * weights)[::-1])[::-1]  # product of the factors from a layer on
        deltas = slopes * numpy.append(back[1:], 1.0)
        found |= self._table(f"dout_{last}{{t}}/din_{{n}}{{t}}", deltas)
        found |= {f"dout_{last}{self.tag}/dout_{n}{self.tag}": back[n] for n in range(1, last)}
        found[f"dout_{last}/dx{self.tag}"] = back[0]
        return {key: float(value) for key, value in {**found, **self._sizes(deltas, back[0])}.items()}

    def _sizes(self, deltas: Any, whole: float) -> dict[str, float]:
        found = {
            f"log10_{n}{self.tag}": float(numpy.log10(abs(delta))) for n, delta in enumerate(deltas, 1) if delta != 0
        }
        if whole:
            found[f"mean_factor{self.tag}"] = abs(whole) ** (1 / self.problem.depth)
        if self.function.name in _STEEPEST:
            found[f"bound{self.tag}"] = float(numpy.prod(numpy.abs(self.weights) * _STEEPEST[self.function.name]))
        if self.function.setting is not None:
            letter = "alpha" if self.function.name == "elu" else "a"
            found[f"{letter}{self.tag}"] = self.setting
        return found

    def _table(self, form: str, row: Any) -> dict[str, Any]:
        return {form.format(n=n, t=self.tag): value for n, value in enumerate(row, 1)}

    def differences(self) -> Differences:
        """The slope of the last output by x and by every output before it, from nudging each."""
        slopes: dict[str, float] = {}
        doubts: dict[str, float] = {}
        skipped: set[str] = set()
        here = self.quantities()
        last = self.problem.depth
        for first in range(last):
            key = f"dout_{last}{self.tag}/dout_{first}{self.tag}" if first else f"dout_{last}/dx{self.tag}"
            value = here[f"out_{first}{self.tag}"] if first else float(self.problem.start.value)
            slope, doubt, smooth = self._nudged(value, first)
            if smooth and isfinite(slope) and isfinite(doubt):
                slopes[key], doubts[key] = slope, doubt
            else:
                skipped.add(key)
        return Differences(slopes, doubts, frozenset(skipped))

    def _nudged(self, value: float, first: int) -> tuple[float, float, bool]:
        """The slope, how far it may be off, and whether no net input crossed a kink."""
        steepness = max(1.0, float(numpy.prod(numpy.maximum(numpy.abs(self.weights[first:]), 1.0))))
        size = max(_STEP / steepness, 1e-9) * max(abs(value), 0.01)
        rows, ends = self.nets(self.on.place(value + size * numpy.asarray([[-1.0, -0.5, 0.0, 0.5, 1.0]])), first)
        y = on_host(ends)[0]
        wide, near = (y[4] - y[0]) / (2 * size), (y[3] - y[1]) / size
        nets = numpy.concatenate([on_host(row) for row in rows])
        smooth = not self.rule.bends or bool((numpy.sign(nets) == numpy.sign(nets[:, :1])).all())
        noise = 20 * _ULP * max(float(numpy.abs(y).max()), float(numpy.abs(nets).max())) * steepness / size
        return float((4 * near - wide) / 3), float(abs(near - wide) + noise), smooth
