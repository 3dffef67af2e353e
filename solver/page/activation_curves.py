"""Activation functions as curves: value and slope at any net input, and how far a picture of them reaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..algebra import symbol
from ..catalog.activations import ACTIVATIONS
from ..evaluate import value_of
from ..spec.activation import Activations, Named
from .plot import Marks, plot, sampled

Curve = Callable[[float], float]


def curves(function: Named) -> tuple[Curve, Curve]:
    """The function and its slope."""
    row, setting = ACTIVATIONS[function.activation.name], function.activation.setting
    a = float(setting.value) if setting else 0.0
    value = _curve(row.formula(symbol("z"), symbol("a")), a)
    return value, _curve(row.slope(symbol("z"), symbol("y"), symbol("a")), a, value)


def _curve(formula: object, a: float, output: Curve | None = None) -> Curve:
    def at(z: float) -> float:
        return float(value_of(formula, {"z": z, "a": a, "y": output(z) if output else 0.0}))

    return at


def marked(problem: Activations) -> list[float]:
    """The net inputs of the problem, each once."""
    return sorted({float(number.value) for row in problem.rows for number in row})


def reach(inputs: Sequence[float]) -> float:
    """How far from 0 a picture goes."""
    return max(5.0, *(abs(z) * 1.15 for z in inputs)) if inputs else 5.0


def plotted(problem: Activations, function: Named) -> tuple[str, ...]:
    """The curve and its slope, with the net inputs of the problem."""
    value, slope = curves(function)
    inputs = marked(problem)
    far = reach(inputs)
    marks = [Marks("'", sampled(slope, -far, far)), Marks("·", sampled(value, -far, far), joined=True)]
    marks.append(Marks("o", [(z, value(z)) for z in inputs]))
    return (*plot(marks, "z", ""), "· value   ' slope   o net inputs of the problem")
