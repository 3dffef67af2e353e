"""Many networks of one form at once: every quantity of each by arrays, and slopes by finite differences.

The networks differ in their numbers alone; they stand along the first axis of every array, where a single
network has its samples. Plain array code like `reference`: it has never heard of steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy
from msgspec import Struct
from msgspec.structs import replace

from ..spec.network import Network
from ..spec.number import Number
from .backends import ROUNDING, Arrays, on_host
from .backends import backend as array_backend
from .compare import FAMILY_FLOOR, RELATIVE, SLOPE, SLOPE_FLOOR, ULPS, family
from .passes import Forward, forward, parts, predicted
from .record import Record
from .wiring import HostArray, data, wire

Columns = Callable[[Number], HostArray]
_STEPS = (2e-3, 1e-3)  # of the differences, relative to the size of the parameter


class Verdict(Struct, frozen=True):
    """Which networks agree, (networks,) of bool, and the first quantity that does not, with how many were compared."""

    agrees: HostArray
    compared: int
    detail: str = ""


def stackable(network: Network) -> bool:
    """Whether networks like this can be held together: one sample, no dropout, one update by plain gradient descent."""
    training = network.training
    plain = training.optimizer.name == "sgd" and not any(n.value for n in training.optimizer.settings.values())
    return len(network.samples) == 1 and training.epochs == 1 and plain and not network.dropout


def verdict(network: Network, columns: Columns, values: Mapping[str, HostArray], backend: str = "numpy") -> Verdict:
    """Hold the values of many networks of this form, (networks,) each, against arrays and finite differences.

    columns: for a number of the network those of all of them, (networks,).
    Raises Unavailable for a backend that is not here.
    """
    xp, device = array_backend(backend)
    with numpy.errstate(all="ignore"):
        stack = _Stack(network, columns, Arrays(xp, device))
        stack.run()
        gradients = [key for key in stack.wiring.keys if f"dE/d{key}" in values]
        slopes = stack.differences(gradients) if gradients else {}
    return _held(values, stack.columns, slopes)


class _Stack(Record):
    """Writes down columns, one number for each network, in place of single numbers."""

    def __init__(self, network: Network, columns: Columns, on: Arrays) -> None:
        wiring = wire(network)
        parameters = {p.key: columns(p.value) for p in network.parameters}
        self.values = numpy.stack([parameters[key] for key in wiring.keys], axis=1)
        self.count = len(self.values)
        self.rate = columns(network.learning_rate) if network.learns and network.learning_rate else None
        self.columns: dict[str, HostArray] = {}
        sample, one = network.samples[0], data(network)
        targets = one.targets
        if targets is not None and sample.label is None:
            targets = numpy.stack([columns(target) for target in sample.targets], axis=1)
        elif targets is not None:
            targets = numpy.repeat(targets, self.count, axis=0)
        inputs = numpy.stack([columns(number) for number in sample.inputs], axis=1)
        case = replace(one, inputs=inputs, targets=targets, labels=one.labels * self.count)
        super().__init__(network, wiring, case, range(self.count), on, {})
        self.moves = numpy.asarray([key in network.moved for key in wiring.keys])

    def run(self) -> None:
        """Forward, error, slopes, update and the error after it."""
        passed, errors = self.passed(self.values)
        if self.targets is None:
            return
        self._column("E", errors)
        gradient = self.slopes(self.values, passed)
        if self.rate is None:
            return
        step = numpy.where(self.moves, -self.rate[:, None] * gradient, 0.0)
        moved = [place for place, moves in enumerate(self.moves) if moves]
        new = self.values + step
        for place in moved:
            self._column(f"step_{self.wiring.keys[place]}", step[:, place])
            self._column(f"{self.wiring.keys[place]}'", new[:, place])
        _, after = self.passed(new, "'")
        self._column("E'", after)

    def differences(self, keys: list[str]) -> dict[str, tuple[HostArray, HostArray]]:
        """Slopes of the error by these parameters and their doubts: central differences, one Richardson step.

        A doubt is infinite where a neuron or the loss left its side of a kink.
        """
        found = {}
        rest = self._at(self.values)[1]
        for place, key in enumerate(self.wiring.keys):
            if key in keys:
                wide, near = (self._central(place, step, rest) for step in _STEPS)
                slope = (4 * near[0] - wide[0]) / 3
                doubt = numpy.abs(slope - near[0]) + wide[1] + near[1]
                found[f"dE/d{key}"] = slope, doubt
        return found

    def _central(self, place: int, relative: float, rest: HostArray) -> tuple[HostArray, HostArray]:
        """The slope by one parameter, and what rounding and kinks may do to it."""
        step = relative * numpy.maximum(1.0, numpy.abs(self.values[:, place]))
        errors, noise = [], numpy.zeros(self.count)
        for sign in (1.0, -1.0):
            moved = self.values.copy()
            moved[:, place] += sign * step
            error, sides = self._at(moved)
            errors.append(error)
            noise += ROUNDING * numpy.abs(error) / step
            noise[(sides != rest).any(axis=1)] = numpy.inf
        return (errors[0] - errors[1]) / (2 * step), noise

    def _at(self, values: HostArray) -> tuple[HostArray, HostArray]:
        """Each network's error, and on which side of its kinks it stands."""
        weights = [self.on.place(matrix) for matrix in self.wiring.weights(values)]
        passed = forward(self.wiring, weights, self.inputs, self.on)
        y = predicted(self.wiring, passed.outs, self.on)
        return on_host(parts(self.case, y, self.targets, self.on)).sum(axis=1), self._sides(passed, on_host(y))

    def _sides(self, passed: Forward, y: HostArray) -> HostArray:
        bends = [
            level.start + place
            for level in self.wiring.levels
            for group in level.groups
            if group.bends
            for place in group.places
        ]
        sides: HostArray = numpy.sign(on_host(passed.nets)[:, bends])
        if self.case.loss.bend is None:
            return sides
        bend = self.case.loss.bend(numpy, y, self.case.targets, self.case.setting)
        return numpy.concatenate([sides, numpy.sign(bend)], axis=1)

    def _table(self, names: list[str], rows: HostArray) -> None:
        for name, column in zip(names, rows.T, strict=True):
            self._column(name.replace("{}", ""), column)

    def _column(self, name: str, column: HostArray) -> None:
        self.columns[name] = column

    def _errors(self, passed: Forward, prime: str) -> HostArray:
        if self.targets is None:
            return numpy.zeros(0)
        y = predicted(self.wiring, passed.outs, self.on)
        by_output = on_host(parts(self.case, y, self.targets, self.on))
        self._table([f"E_{name}{prime}" for name in self.network.outputs], by_output)
        total: HostArray = by_output.sum(axis=1)
        return total


def _held(
    values: Mapping[str, HostArray],
    reference: Mapping[str, HostArray],
    slopes: Mapping[str, tuple[HostArray, HostArray]],
) -> Verdict:
    """The same bounds as for a single problem (see `compare`)."""
    known = {key: reference[key.removesuffix(":short")] for key in values if key.removesuffix(":short") in reference}
    if not known:
        return Verdict(numpy.zeros(len(next(iter(values.values()))), dtype=bool), 0, "no quantity to compare")
    families: dict[str, HostArray] = {}
    for key, column in reference.items():
        size = numpy.abs(column)
        families[family(key)] = numpy.maximum(families.get(family(key), 0.0), size)
    ulps = ULPS * numpy.maximum(1.0, numpy.max(list(families.values()), axis=0))
    steepest = numpy.max([numpy.abs(slope) for slope, _ in slopes.values()], axis=0) if slopes else 0.0
    misses: dict[str, HostArray] = {}
    for key, found in known.items():
        allowed = RELATIVE * numpy.abs(found) + FAMILY_FLOOR * families.get(family(key), 0.0) + ulps
        misses[key] = ~(numpy.abs(values[key] - found) <= allowed)
    for key, (found, doubt) in slopes.items():
        allowed = SLOPE * numpy.abs(found) + SLOPE_FLOOR * steepest + doubt
        misses[key] = misses.get(key, False) | ~(numpy.abs(values[key] - found) <= allowed)
    first = next((key for key, column in misses.items() if column.any()), "")
    return Verdict(~numpy.any(list(misses.values()), axis=0), len(known), first and f"{first} does not agree")
