"""What both regressions are checked with: gradient descent in plain array code, slopes by differences.

Nothing here knows the lines of a working; a model is an error and its gradient, as functions of the parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from ..spec.regression import Regression
from .backends import Arrays, on_host
from .compare import Differences

HostArray = numpy.ndarray[Any, Any]
Function = Callable[[Any, Sequence[int]], Any]
_STEP = 1e-3


@dataclass(frozen=True, slots=True)
class Path:
    """Where gradient descent went.

    stages: the parameters before each update that a page shows in full, by how many updates went before
    epochs: the parameters after each epoch, the start first
    """

    stages: dict[int, Any]
    epochs: list[Any]


def design(problem: Regression, on: Arrays, rows: Sequence[Sequence[Any]], *, ones_first: bool) -> Any:
    """Features as a matrix with the column of ones first or last (none without intercept), (samples, parameters)."""
    features = numpy.array([[float(x.value) for x in row] for row in rows])
    if problem.intercept:
        ones = numpy.ones((len(rows), 1))
        features = numpy.hstack([ones, features] if ones_first else [features, ones])
    return on.place(features)


def targets(values: Sequence[Any], on: Arrays) -> Any:
    """Targets as an array, (samples,)."""
    return on.place(numpy.array([float(y.value) for y in values]))


def batch_of(problem: Regression, update: int) -> list[int]:
    """The samples (from 0) of an update, counted from 0 over all epochs."""
    batches = problem.batches
    return [i - 1 for i in batches[update % len(batches)]]


def descend(problem: Regression, start: Any, gradient: Function) -> Path:
    """Runs every update of every epoch."""
    assert problem.descent is not None
    rate, per_epoch = float(problem.descent.learning_rate.value), len(problem.batches)
    rows = [batch_of(problem, update) for update in range(per_epoch)]
    last = problem.descent.epochs * per_epoch - 1
    parameters, stages, epochs = start, {}, [start]
    for update in range(last + 1):
        if update < per_epoch or update == last:
            stages[update] = parameters
        parameters = parameters - rate * gradient(parameters, rows[update % per_epoch])
        if (update + 1) % per_epoch == 0:
            epochs.append(parameters)
    return Path(stages, epochs)


def slopes(
    problem: Regression, path: Path, error: Function, on: Arrays, bent: Callable[[Any, Sequence[int]], bool]
) -> Differences:
    """The gradient before each shown update, by central differences of the error of its batch.

    bent: whether the error has a kink at these parameters, where differences say nothing
    """
    values: dict[str, float] = {}
    doubts: dict[str, float] = {}
    skipped = set()
    for update, parameters in path.stages.items():
        rows, here = batch_of(problem, update), on_host(parameters)
        for index, key in enumerate(problem.parameters):
            names = _gradient_keys(problem, key, update)
            if bent(parameters, rows):
                skipped.update(names)
                continue
            slope, doubt = _slope(_alone(error, rows, on), here, index)
            values |= dict.fromkeys(names, slope)
            doubts |= dict.fromkeys(names, doubt)
    return Differences(values, doubts, frozenset(skipped))


def _alone(error: Function, rows: Sequence[int], on: Arrays) -> Callable[[HostArray], float]:
    """The error of a batch as a function of the parameters alone."""
    return lambda parameters: float(error(on.place(parameters), rows))


def _gradient_keys(problem: Regression, key: str, update: int) -> list[str]:
    """dE/dm@3 before the fourth update; the last one is dE/dm."""
    assert problem.descent is not None
    last = problem.descent.epochs * len(problem.batches) - 1
    return [f"dE/d{key}@{update}", *([f"dE/d{key}"] if update == last else [])]


def _slope(error: Callable[[HostArray], float], here: HostArray, index: int) -> tuple[float, float]:
    """The slope by one parameter by Richardson's rule, and how far rounding may move it."""
    size = _STEP * max(1.0, abs(float(here[index])))

    def rise(step: float) -> float:
        up, down = here.copy(), here.copy()
        up[index] += step
        down[index] -= step
        return (error(up) - error(down)) / (2 * step)

    wide, fine = rise(size), rise(size / 2)
    refined = (4 * fine - wide) / 3
    noise = 4e-16 * abs(error(here)) / size
    return refined, abs(refined - fine) + 10 * noise
