"""The error of a matrix of outputs on whole arrays, its slopes, and finite differences of anything that leads there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from math import isfinite
from typing import Any

import numpy

from ..spec.outcome import Grid, Outcome
from .backends import Arrays, on_host
from .compare import Differences
from .losses import LOSSES, SETTINGS

Point = Mapping[str, float]
Outputs = Callable[[Point], Any]
"""The outputs from the numbers of the problem by their keys."""

LIMIT = 120  # quantities compared; of more, this many spread evenly
_SIZES = (1e-3, 1e-4, 1e-5)
_OFFSETS = (-1.0, -0.5, 0.5, 1.0)
_ULP = 2.0**-52


def array(grid: Grid, on: Arrays) -> Any:
    """Numbers as typed as an array."""
    return on.place(numpy.asarray([[float(number.value) for number in row] for row in grid]))


def named(name: str, values: Any, form: str = "{}") -> Iterator[tuple[str, float]]:
    """The entries of a vector or matrix under their keys: mean[1], x[2,1]."""
    for place, value in numpy.ndenumerate(on_host(values)):
        yield form.format(f"{name}[{','.join(str(index + 1) for index in place)}]"), float(value)


def parts(outcome: Outcome, outputs: Any, on: Arrays) -> Any:
    """Each output's share of the error; with ∂E/∂output given, of the sum that has these slopes."""
    if not outcome.target:
        return array(outcome.upstream, on) * outputs
    found = LOSSES[outcome.loss.name].parts(on.xp, outputs, array(outcome.target, on), _setting(outcome))
    return found / outputs.shape[0] if outcome.reduction == "mean" else found


def slope(outcome: Outcome, outputs: Any, on: Arrays) -> Any:
    """∂E/∂output."""
    if not outcome.target:
        return array(outcome.upstream, on)
    found = LOSSES[outcome.loss.name].slope(on.xp, outputs, array(outcome.target, on), _setting(outcome))
    return found / outputs.shape[0] if outcome.reduction == "mean" else found


def errors(outcome: Outcome, outputs: Any, on: Arrays) -> Iterator[tuple[str, float]]:
    """E[1,1] ... and E, where there is a target."""
    if outcome.target:
        found = parts(outcome, outputs, on)
        yield from named("E", found)
        yield "E", float(on_host(found).sum())


def new_values(outcome: Outcome, point: Point, slopes: Mapping[str, float], keys: Collection[str]) -> dict[str, float]:
    """The parameters after the update."""
    if not outcome.learns or outcome.learning_rate is None:
        return {}
    rate = float(outcome.learning_rate.value)
    return {f"{key}'": point[key] - rate * slopes[f"dE/d{key}"] for key in keys}


def error_after(outcome: Outcome, outputs: Outputs, point: Point, new: Point, on: Arrays) -> dict[str, float]:
    """E' of the parameters after the update, where there are a target and an update."""
    if not new or not outcome.target:
        return {}
    moved = {key.removesuffix("'"): value for key, value in new.items()}
    return {"E'": float(on_host(parts(outcome, outputs({**point, **moved}), on)).sum())}


def _setting(outcome: Outcome) -> float:
    chosen = outcome.loss.setting
    return float(chosen.value) if chosen else SETTINGS.get(outcome.loss.name, 0.0)


def differences(outcome: Outcome, outputs: Outputs, point: Point, keys: Collection[str], on: Arrays) -> Differences:
    """Slopes of the error by central differences at h and h/2, joined by one Richardson step.

    Of those numbers of `point` whose gradients are among the keys. Where a kink of the loss lies on the way a
    smaller h is tried. Source: Press et al., Numerical Recipes, section 5.7.
    """
    if not outcome.goes_back:
        return Differences()
    chosen = [key for key in point if f"dE/d{key}" in keys]
    if len(chosen) > LIMIT:
        chosen = [chosen[index * (len(chosen) - 1) // (LIMIT - 1)] for index in range(LIMIT)]
    values: dict[str, float] = {}
    doubts: dict[str, float] = {}
    skipped = set()
    for key in chosen:
        found = _slope(outcome, outputs, point, key, on)
        if found is None:
            skipped.add(f"dE/d{key}")
        else:
            values[f"dE/d{key}"], doubts[f"dE/d{key}"] = found
    return Differences(values, doubts, frozenset(skipped))


def _slope(outcome: Outcome, outputs: Outputs, point: Point, key: str, on: Arrays) -> tuple[float, float] | None:
    """The slope whose doubt is smallest, and that doubt; None at a kink."""
    start = _sides(outcome, outputs(point), on)
    best: tuple[float, float] | None = None
    for size in _SIZES:
        h = size * max(abs(point[key]), 1.0)
        runs = [outputs({**point, key: point[key] + offset * h}) for offset in _OFFSETS]
        if any(not numpy.array_equal(_sides(outcome, run, on), start) for run in runs):
            continue
        sums = [on_host(parts(outcome, run, on)) for run in runs]
        found = _richardson([float(each.sum()) for each in sums], h, max(float(abs(each).sum()) for each in sums))
        if isfinite(found[0]) and (best is None or found[1] < best[1]):
            best = found
    return best


def _richardson(sums: list[float], h: float, size: float) -> tuple[float, float]:
    far_below, below, above, far_above = sums
    wide, near = (far_above - far_below) / (2 * h), (above - below) / h
    return (4 * near - wide) / 3, abs(near - wide) / 3 + 100 * _ULP * max(size, 1.0) / h


def _sides(outcome: Outcome, outputs: Any, on: Arrays) -> Any:
    """On which side of the loss's kinks each output stands."""
    loss = LOSSES[outcome.loss.name]
    if loss.bend is None or not outcome.target:
        return numpy.zeros(1)
    return on_host(on.xp.sign(loss.bend(on.xp, outputs, array(outcome.target, on), _setting(outcome))))
