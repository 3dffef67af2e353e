"""The independent second look at a normalization: whole arrays, the way back by hand, finite differences.

Arrays have a row for each sample; what is normalized together lies along `axis`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy

from ..spec.normalization_problem import Normalization, Running
from .backends import Arrays, on_host
from .backends import backend as array_backend
from .compare import Audit, held
from .outcome import Point, array, differences, error_after, errors, named, new_values, slope

Named = Iterator[tuple[str, float]]


def audited(values: Mapping[str, float], problem: Normalization, backend: str = "numpy") -> Audit:
    """Every value held against the arrays, the gradients against finite differences.

    Raises Unavailable for a backend that is not here.
    """
    xp, device = array_backend(backend)
    on = Arrays(xp, device)
    point = numbers(problem)
    with numpy.errstate(all="ignore"):
        found = quantities(problem, xp, device)
        slopes = differences(problem.outcome, lambda moved: _passed(problem, moved, on).outputs, point, set(values), on)
        return held(values, found, slopes, backend)


def quantities(problem: Normalization, xp: Any = numpy, device: Any = None) -> dict[str, float]:
    """Every quantity by its key: statistics, outputs, running averages, error, gradients, new values."""
    on = Arrays(xp, device)
    point = numbers(problem)
    run = _passed(problem, point, on)
    found = dict(_forward(run, problem))
    if problem.running and not problem.testing:
        found.update(_averages(problem, problem.running, run, on))
    if problem.outcome.goes_back:
        found.update(errors(problem.outcome, run.outputs, on))
        found.update(_backward(problem, run, on))
        keys = [key for key in point if key.startswith(("gamma", "beta"))]
        new = new_values(problem.outcome, point, found, keys)
        found.update(new)
        found.update(error_after(problem.outcome, lambda moved: _passed(problem, moved, on).outputs, point, new, on))
    return found


def numbers(problem: Normalization) -> dict[str, float]:
    """Inputs, gamma and beta by their keys."""
    host = Arrays(numpy, None)
    found = dict(named("x", array(problem.inputs, host)))
    found.update(named("gamma", array((problem.gamma,), host)[0]))
    found.update(named("beta", array((problem.beta,), host)[0]))
    return found


@dataclass(frozen=True, slots=True)
class _Run:
    """A forward pass: mean, variance and root with the normalized axis kept, so that they spread over it."""

    mean: Any
    variance: Any
    centred: Any
    root: Any
    xhat: Any
    gamma: Any
    outputs: Any


def _axis(problem: Normalization) -> int:
    return 0 if problem.batch else 1


def _passed(problem: Normalization, point: Point, on: Arrays) -> _Run:
    rows, columns = problem.size
    values = numpy.asarray(list(point.values()))
    x = on.place(values[: rows * columns].reshape(rows, columns))
    gamma = on.place(values[rows * columns : rows * columns + columns].reshape(1, columns))
    beta = on.place(values[rows * columns + columns :].reshape(1, columns))
    xp, axis = on.xp, _axis(problem)
    if problem.testing and problem.running:
        mean, variance = array((problem.running.mean,), on), array((problem.running.variance,), on)
    else:
        mean = xp.mean(x, axis=axis, keepdims=True)
        variance = xp.sum((x - mean) ** 2, axis=axis, keepdims=True) / problem.degrees
    root = xp.sqrt(variance + float(problem.epsilon.value))
    xhat = (x - mean) / root
    return _Run(mean, variance, x - mean, root, xhat, gamma, gamma * xhat + beta)


def _forward(run: _Run, problem: Normalization) -> Named:
    if not problem.testing:
        yield from named("mean", on_host(run.mean).ravel())
        yield from named("variance", on_host(run.variance).ravel())
    yield from named("std", on_host(run.root).ravel())
    yield from named("centred", run.centred)
    yield from named("xhat", run.xhat)
    yield from named("out", run.outputs)


def _averages(problem: Normalization, running: Running, run: _Run, on: Arrays) -> Named:
    """The running averages after this batch."""
    degrees = problem.count - (running.spread == "sample")
    spread = run.variance * (problem.degrees / degrees)
    if running.spread != problem.variance:
        yield from named(f"{running.spread}_variance", on_host(spread).ravel())
    share = float(running.momentum.value) if running.momentum else 0.0
    old_share = share if running.weighs == "old" else 1 - share
    for name, old, new in (("running_mean", running.mean, run.mean), ("running_variance", running.variance, spread)):
        kept = old_share * array((old,), on) + (1 - old_share) * new
        yield from named(name, on_host(kept).ravel(), "{}'")


def _backward(problem: Normalization, run: _Run, on: Arrays) -> Named:
    """The known formulas of the way back.

    Source: Ioffe and Szegedy, Batch Normalization (2015), section 3.
    """
    xp, axis = on.xp, _axis(problem)
    above = slope(problem.outcome, run.outputs, on)
    inner = above * run.gamma
    yield from named("out", above, "dE/d{}")
    yield from named("gamma", xp.sum(above * run.xhat, axis=0), "dE/d{}")
    yield from named("beta", xp.sum(above, axis=0), "dE/d{}")
    yield from named("xhat", inner, "dE/d{}")
    if problem.testing:
        yield from named("centred", inner / run.root, "dE/d{}")
        yield from named("x", inner / run.root, "dE/d{}")
        return
    total = xp.sum(inner, axis=axis, keepdims=True)
    weighted = xp.sum(inner * run.xhat, axis=axis, keepdims=True)
    if not problem.batch:
        yield from named("sum_dxhat", on_host(total).ravel())
        yield from named("sum_dxhat_xhat", on_host(weighted).ravel())
    by_root = -weighted / run.root
    by_variance = by_root / (2 * run.root)
    yield from named("std", on_host(by_root).ravel(), "dE/d{}")
    yield from named("variance", on_host(by_variance).ravel(), "dE/d{}")
    yield from named("centred", inner / run.root + 2 * by_variance * run.centred / problem.degrees, "dE/d{}")
    yield from named("mean", on_host(-total / run.root).ravel(), "dE/d{}")
    yield from named("x", (inner - total / problem.count - run.xhat * weighted / problem.degrees) / run.root, "dE/d{}")
