"""The slopes of a convolution problem's error by finite differences, which need no calculus.

Central differences at h and h/2 make one Richardson step, (4 D(h/2) − D(h)) / 3, with an error of order h^4
(Press et al., Numerical Recipes, section 5.7). Where a kink lies on the way a smaller h is tried.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import isfinite

import numpy

from ..spec.convolution_problem import Convolution
from .backends import Arrays, on_host
from .compare import Differences
from .convolution_passes import HostArray, error, numbers, on_bend, run

LIMIT = 120  # parameters and pixels compared; of more, this many spread evenly
_SIZES = (1e-3, 1e-5)
_OFFSETS = (-1.0, -0.5, 0.5, 1.0)
_ULP = 2.0**-52


def slopes_by_differences(problem: Convolution, on: Arrays, keys: Collection[str]) -> Differences:
    """Slopes of the error by the parameters and pixels whose gradients are among the keys."""
    if not problem.has_target:
        return Differences()
    point = numbers(problem)
    chosen = [key for key in point if f"dE/d{key}" in keys]
    if len(chosen) > LIMIT:
        chosen = [chosen[index * (len(chosen) - 1) // (LIMIT - 1)] for index in range(LIMIT)]
    values: dict[str, float] = {}
    doubts: dict[str, float] = {}
    skipped = set()
    for key in chosen:
        found = _slope(problem, on, point, key)
        if found is None:
            skipped.add(f"dE/d{key}")
        else:
            values[f"dE/d{key}"], doubts[f"dE/d{key}"] = found
    return Differences(values, doubts, frozenset(skipped))


def _slope(problem: Convolution, on: Arrays, point: Mapping[str, float], key: str) -> tuple[float, float] | None:
    """The slope and how far it may be off; None at a kink."""
    _, start = _error(problem, on, point)
    scale = float(problem.scale.value) if problem.scale and key.startswith("x[") else 1.0
    for size in _SIZES:
        h = size * max(abs(point[key]), scale)
        runs = [_error(problem, on, {**point, key: point[key] + offset * h}) for offset in _OFFSETS]
        if any(not numpy.array_equal(sides, start) for _, sides in runs):
            continue
        far_below, below, above, far_above = (value for value, _ in runs)
        wide, near = (far_above - far_below) / (2 * h), (above - below) / h
        doubt = abs(near - wide) / 3 + 50 * _ULP * max(abs(far_above), abs(far_below), 1.0) / h
        if isfinite(near) and isfinite(wide):
            return (4 * near - wide) / 3, doubt
    return None


def _error(problem: Convolution, on: Arrays, point: Mapping[str, float]) -> tuple[float, HostArray]:
    """The error, and on which side of every kink the cells stand."""
    passed = run(problem, on, point)
    parts = on_host(error(problem, passed.outputs[-1], on))
    return float(parts.sum()), numpy.concatenate([*passed.sides, on_bend(problem, passed.outputs[-1], on)])
