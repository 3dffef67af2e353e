"""The gradients of a gradient-descent problem by finite differences of the function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy

from ..spec.descent import Descent
from .backends import Arrays
from .compare import Differences
from .gradient_descent import Values, everyone, over

_STEP = 1e-5


def differences(problem: Descent, values: Mapping[str, float]) -> Differences:
    """The gradient at each point of the descents by finite differences of the function; none across a kink."""
    if not problem.function:
        return Differences()
    found: Values = {}
    doubts: Values = {}
    kinks: set[str] = set()
    with numpy.errstate(all="ignore"):
        for tag in [problem.tag(run) for run in range(len(problem.runs))] or [""]:
            for k in range(problem.steps + 1):
                point, batch = _taken_at(problem, values, k, tag)
                for place, name in enumerate(problem.variables):
                    slope, doubt = _difference(problem, point, place, batch)
                    key = f"df/d{name}[{k}]{tag}"
                    if slope is None:
                        kinks.add(key)
                    elif numpy.isfinite(slope):
                        found[key], doubts[key] = slope, doubt
    return Differences(found, doubts, frozenset(kinks))


def _taken_at(problem: Descent, values: Mapping[str, float], k: int, tag: str) -> tuple[Any, tuple[int, ...]]:
    """Where gradient k of a descent is taken (where the optimizer looks ahead, there), and over which samples."""
    batches, last = problem.batches, k == problem.steps
    batch = everyone(problem) if last or not batches else batches[k % len(batches)]
    keys = [f"ahead_{name}[{k + 1}]{tag}" for name in problem.variables]
    if last or keys[0] not in values:
        keys = [f"{name}[{k}]{tag}" for name in problem.variables]
    return numpy.asarray([values[key] for key in keys]), batch


def _difference(problem: Descent, point: Any, place: int, batch: tuple[int, ...]) -> tuple[float | None, float]:
    """The slope by one parameter from four points around it, and how far it may be off; None across a kink."""
    step = _STEP * max(1.0, abs(point[place]))
    ends, sides = [], set()
    for reach in (-2, -1, 1, 2):
        moved = point.copy()
        moved[place] += reach * step
        dual = over(problem, moved, batch, Arrays(numpy, None))
        ends.append(float(dual.value.mean()))
        sides.add(tuple(tuple(side.tolist()) for side in dual.sides))
    if len(sides) > 1:
        return None, 0.0
    slope = (ends[0] - 8 * ends[1] + 8 * ends[2] - ends[3]) / (12 * step)
    return float(slope), (1e-14 * max(map(abs, ends)) + 1e-9 * (max(ends) - min(ends))) / step
