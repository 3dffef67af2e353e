"""What a regression has found, as functions: the line, the probability, the class of a point."""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from typing import TYPE_CHECKING

from ..spec.regression import LogisticRegression, Regression

if TYPE_CHECKING:
    from ..solution import Worked


def samples_of(problem: Regression) -> list[tuple[float, float]]:
    """The samples of a problem with one feature: x and y."""
    samples = problem.samples
    return [(float(row[0].value), float(y.value)) for row, y in zip(samples.x, samples.y, strict=True)]


def parameters_of(solution: Worked) -> list[float]:
    """The fitted parameters in their order."""
    return [solution.number(key) for key in solution.problem.parameters]


def slope_and_intercept(solution: Worked) -> tuple[float, float]:
    """Of m x + c, or of b0 + b1 x."""
    keys, values = solution.problem.parameters, dict(enumerate(parameters_of(solution)))
    lead = 1 if keys[0] == "b0" else 0
    return values[lead], values.get(1 - lead, 0.0)


def line_of(solution: Worked) -> Callable[[float], float]:
    """The fitted line of one feature."""
    slope, still = slope_and_intercept(solution)
    return lambda x: slope * x + still


def probability_of(solution: Worked) -> Callable[[float], float]:
    """The probability of class 1 over the one feature."""
    weight, *rest = parameters_of(solution)
    still = rest[0] if rest else 0.0
    return lambda x: sigmoid(weight * x + still)


def sigmoid(z: float) -> float:
    """The logistic function, safe for any z."""
    return 1 / (1 + exp(-z)) if z >= 0 else exp(z) / (1 + exp(z))


def class_of(solution: Worked) -> Callable[[float, float], int]:
    """The class of a point of two features: by the threshold, or the largest net input of several."""
    problem: LogisticRegression = solution.problem
    values = parameters_of(solution)
    size = len(values) // (1 if len(problem.classes) == 2 else len(problem.classes))
    rows = [values[start : start + size] for start in range(0, len(values), size)]
    threshold = float(problem.threshold.value)

    def group(x: float, y: float) -> int:
        nets = [row[0] * x + row[1] * y + (row[2] if len(row) > 2 else 0.0) for row in rows]
        return int(sigmoid(nets[0]) >= threshold) if len(nets) == 1 else nets.index(max(nets))

    return group
