"""The independent second look at a loss: whole arrays, slopes by hand, finite differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy

from ..spec.loss import LossProblem
from .activations import ACTIVATIONS, Coupled
from .backends import Arrays, on_host
from .backends import backend as array_backend
from .compare import Audit, Differences, held
from .losses import CLASS_HINGE, LOSSES, Loss

_STEP = 1e-4
_ULP = 2.0**-52
Host = numpy.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Tables:
    """Arrays of shape (samples, outputs): logits (or predictions), predictions, targets."""

    given: Host
    predicted: Host
    targets: Host


def audited(values: Mapping[str, float], problem: LossProblem, backend: str = "numpy") -> Audit:
    """Every value held against the array functions, every gradient against finite differences too.

    Raises Unavailable for a backend that is not here.
    """
    xp, device = array_backend(backend)
    on = Arrays(xp, device)
    with numpy.errstate(all="ignore"):
        return held(values, quantities(problem, on), differences(problem, on), backend)


def _loss(problem: LossProblem) -> tuple[Loss, float]:
    """The loss on arrays, and its setting."""
    row = CLASS_HINGE if problem.by_class and problem.loss.name == "hinge" else LOSSES[problem.loss.name]
    return row, 0.0 if problem.loss.setting is None else float(problem.loss.setting.value)


def _tables(problem: LossProblem, on: Arrays) -> Tables:
    given = numpy.asarray([[float(number.value) for number in case.outputs] for case in problem.cases])
    targets = numpy.asarray([[float(number.value) for number in case.targets] for case in problem.cases])
    if problem.scale is not None:
        whole = float(problem.scale.value)
        given = given / whole
        coded = numpy.asarray([[case.label is not None] for case in problem.cases])
        targets = numpy.where(coded, targets, targets / whole)
    return Tables(given, _predicted(problem, given, on), targets)


def _predicted(problem: LossProblem, given: Host, on: Arrays) -> Host:
    return on_host(ACTIVATIONS[problem.output].value(on, on.place(given), 0.0)) if problem.output else given


def _parts(problem: LossProblem, predicted: Host, targets: Host, on: Arrays) -> Host:
    """Each output's part of its sample's error."""
    row, setting = _loss(problem)
    return on_host(row.parts(on.xp, on.place(predicted), on.place(targets), setting))


def _slopes(problem: LossProblem, tables: Tables, on: Arrays) -> Host:
    """The slope of each sample's error by its predictions."""
    row, setting = _loss(problem)
    return on_host(row.slope(on.xp, on.place(tables.predicted), on.place(tables.targets), setting))


def _jacobians(problem: LossProblem, given: Host, on: Arrays) -> Host:
    """Every prediction by every logit of its sample: (samples, predictions, logits)."""
    rule = ACTIVATIONS[problem.output]
    if isinstance(rule, Coupled):
        return numpy.asarray(on_host(rule.jacobian(on, on.place(given), 0.0)))
    slopes = on_host(rule.slope(on, on.place(given), 0.0))
    return numpy.asarray(slopes[:, :, None] * numpy.eye(given.shape[1])[None])


def quantities(problem: LossProblem, on: Arrays) -> dict[str, float]:
    """Every prediction, part, error, slope and path by its key."""
    tables = _tables(problem, on)
    parts = _parts(problem, tables.predicted, tables.targets, on)
    slopes = _slopes(problem, tables, on)
    errors = parts.sum(axis=1)
    count = len(errors) if problem.reduction == "mean" else 1
    found = {"E": float(errors.sum()) / count}
    for number in range(len(errors)):
        sample = _Sample(problem, number, tables)
        found.update(sample.forward(parts[number]))
        found.update(sample.backward("y", slopes[number], count))
        found.update(sample.shares(_shares(problem, tables, number, on)))
        if problem.output:
            jacobian = _jacobians(problem, tables.given, on)[number]
            found.update(sample.backward("z", slopes[number] @ jacobian, count))
            found.update(sample.paths(slopes[number], jacobian))
    return found


def _shares(problem: LossProblem, tables: Tables, number: int, on: Arrays) -> Host:
    """The slope of each part by the class's own score, for the hinge loss over classes; else nothing."""
    if not problem.by_class or problem.loss.name != "hinge":
        return numpy.zeros(0)
    row, setting = _loss(problem)
    predicted, targets = tables.predicted[number : number + 1], tables.targets[number : number + 1]
    pushed: Host = on_host(row.slope(on.xp, on.place(predicted), on.place(targets), setting))[0]
    return -pushed


@dataclass(frozen=True, slots=True)
class _Sample:
    problem: LossProblem
    number: int
    tables: Tables

    @property
    def tag(self) -> str:
        return f"[{self.number + 1}]" if self.problem.nested else ""

    def forward(self, parts: Host) -> Iterator[tuple[str, float]]:
        yield f"E{self.tag}", float(parts.sum())
        for index, part in enumerate(parts):
            yield f"E_{index + 1}{self.tag}", float(part)
            yield f"y{index + 1}{self.tag}", float(self.tables.predicted[self.number, index])
            yield f"t{index + 1}{self.tag}", float(self.tables.targets[self.number, index])

    def backward(self, letter: str, slopes: Host, count: int) -> Iterator[tuple[str, float]]:
        """The gradient of the sample's error, and what it counts in that of all samples."""
        for index, slope in enumerate(slopes):
            key = f"{letter}{index + 1}{self.tag}"
            yield f"dE/d{key}", float(slope) / (count if self.problem.nested else 1)
            yield f"dE{self.tag}/d{key}", float(slope) / (1 if self.problem.nested else count)

    def paths(self, slopes: Host, jacobian: Host) -> Iterator[tuple[str, float]]:
        """Every prediction by every logit, and what comes back over each prediction."""
        for (out, into), local in numpy.ndenumerate(jacobian):
            y, z = f"y{out + 1}{self.tag}", f"z{into + 1}{self.tag}"
            yield f"d{y}/d{z}", float(local)
            yield f"dE{self.tag}/d{z}:{y}", float(slopes[out] * local)

    def shares(self, shares: Host) -> Iterator[tuple[str, float]]:
        label = self.problem.cases[self.number].label
        for index, share in enumerate(shares):
            if label is not None and index != label:
                yield f"dE{self.tag}/dy{label + 1}{self.tag}:E_{index + 1}{self.tag}", float(share)


def differences(problem: LossProblem, on: Arrays) -> Differences:
    """Slopes of all errors by nudging each given number both ways, at two distances; none where a kink is near."""
    tables = _tables(problem, on)
    values: dict[str, float] = {}
    doubts: dict[str, float] = {}
    skipped = set()
    letter = "z" if problem.output else "y"
    share = len(problem.cases) if problem.reduction == "mean" else 1
    for number in range(len(problem.cases)):
        label = f"[{number + 1}]" if problem.nested else ""
        for index in range(tables.given.shape[1]):
            slope, doubt, smooth = _nudged(problem, tables, (number, index), on)
            key = f"dE/d{letter}{index + 1}{label}"
            if smooth and numpy.isfinite(slope) and numpy.isfinite(doubt):
                values[key], doubts[key] = slope / share, doubt / share
            else:
                skipped.add(key)
    return Differences(values, doubts, frozenset(skipped))


def _nudged(problem: LossProblem, tables: Tables, at: tuple[int, int], on: Arrays) -> tuple[float, float, bool]:
    """The slope of a sample's error by one number, how far it may be off, and whether it is smooth there."""
    number, index = at
    here = tables.given[number, index]
    size = _STEP * (max(abs(here), 1.0) if problem.output else min(max(abs(here), 1e-3), 1.0))
    points = numpy.repeat(tables.given[number : number + 1], 5, axis=0)
    points[:, index] += numpy.asarray([-size, -size / 2, 0.0, size / 2, size])
    predicted = _predicted(problem, points, on)
    targets = numpy.repeat(tables.targets[number : number + 1], 5, axis=0)
    errors = _parts(problem, predicted, targets, on).sum(axis=1)
    taken = points[:, index]
    wide = (errors[4] - errors[0]) / (taken[4] - taken[0])
    near = (errors[3] - errors[1]) / (taken[3] - taken[1])
    noise = 20 * _ULP * (abs(errors[2]) + numpy.abs(predicted).max() + 1) / size
    return (
        float((4 * near - wide) / 3),
        float(abs(near - wide) + noise),
        _is_smooth(problem, predicted, targets, on),
    )


def _is_smooth(problem: LossProblem, predicted: Host, targets: Host, on: Arrays) -> bool:
    """Whether all points lie on the same side of every kink."""
    row, setting = _loss(problem)
    if row.bend is None:
        return True
    bend = on_host(row.bend(on.xp, on.place(predicted), on.place(targets), setting))
    sides = numpy.sign(bend)
    return bool((sides == sides[0]).all())
