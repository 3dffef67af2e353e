"""Every quantity of a network problem by plain array code, which has never heard of steps or formulas.

This is the independent witness: it knows the problem and the mathematics, and nothing of the working.
"""

from __future__ import annotations

from typing import Any

import numpy
from msgspec import Struct, field

from ..spec.network import Network
from .backends import Arrays, on_host
from .optimizers import look, updated
from .record import Record, Values
from .training import movers, trained
from .wiring import HostArray, Moment, data, wire

SHARED = frozenset({"mu", "mu_next", "P", "eta_t"})  # quantities of an update that all parameters share


class Witness(Struct, frozen=True):
    """Every quantity by its key, and the moments of the first epoch at which gradients are taken."""

    found: Values = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)


def quantities(network: Network, xp: Any = numpy, device: Any = None) -> dict[str, float]:
    """Every quantity by its key: those of the first epoch, E after each epoch, and the results of the training.

    xp, device: an array API namespace and a device of it (see `backend`). With several samples a quantity of
    one of them ends in [1], [2] ...; totals have no ending. With several updates those of the first epoch end
    in @1, @2 ..., and what has neither that nor a sample belongs to the last update of the last epoch.
    history[k] is E after k epochs. Without target the forward part only; updates where there is a learning
    rate. A quantity that cannot be computed (ln 0) is nan or infinite.
    """
    return witness(network, xp, device).found


def witness(network: Network, xp: Any = numpy, device: Any = None, start: HostArray | None = None) -> Witness:
    """All quantities (see `quantities`) from the network's parameters, or from those in `start`."""
    with numpy.errstate(all="ignore"):
        epoch = _Epoch(network, Arrays(xp, device), start)
        epoch.run()
        if network.learns:
            _finish(epoch, network, start)
    return epoch.seen


def _finish(epoch: _Epoch, network: Network, start: HostArray | None) -> None:
    """What the whole training comes to; after one epoch that is known already."""
    found, moved = epoch.seen.found, network.moved
    if network.training.epochs == 1:
        found |= {"history[0]": found["E"], "history[1]": found["E'"]}
        if epoch.looks_elsewhere:
            found["history[0]"] = epoch.error_at_start()
        return
    course = trained(network, epoch.on.xp, epoch.on.device, start)
    found |= {f"history[{k}]": error for k, error in enumerate(course.history)}
    found |= {"E": course.history[0], "E'": course.history[-1]}
    found |= {f"dE/d{key}": slope for key, slope in course.gradients.items()}
    found |= {f"{key}'": value for key, value in course.parameters.items() if key in moved}


class _Epoch:
    """The first epoch, batch by batch, with everything written down."""

    def __init__(self, network: Network, on: Arrays, start: HostArray | None) -> None:
        self.network, self.on, self.seen = network, on, Witness()
        self.wiring, self.case = wire(network), data(network)
        self.start = self.wiring.values if start is None else start
        self.values = self.start
        self.groups = movers(network, self.wiring, on) if network.learns else []
        self.states = [group.state for group in self.groups]

    @property
    def looks_elsewhere(self) -> bool:
        """Whether the first gradients are taken elsewhere than at the parameters that are given."""
        return not numpy.array_equal(self.seen.moments[0].values, self.start)

    def run(self) -> None:
        """Every batch, and after the only epoch the forward pass with the new values."""
        network, everything = self.network, tuple(range(len(self.network.samples)))
        batches = [tuple(s - 1 for s in batch) for batch in network.batches] if network.learns else [everything]
        for number, samples in enumerate(batches, 1):
            last = number == len(batches) and network.training.epochs == 1
            self._batch(samples, number, "" if last else f"@{number}")
        if len(batches) > 1:
            self.seen.found["E"] = self.error_at_start()
        if network.learns and network.training.epochs == 1:
            _, errors = self._record(everything).passed(self.values, "'")
            self.seen.found["E'"] = float(self._reduced(errors))

    def error_at_start(self) -> float:
        """E over all samples with the parameters that are given."""
        everything = tuple(range(len(self.network.samples)))
        unread = Record(self.network, self.wiring, self.case, everything, self.on, {})
        return float(self._reduced(unread.passed(self.start)[1]))

    def _record(self, samples: tuple[int, ...]) -> Record:
        return Record(self.network, self.wiring, self.case.of(samples), samples, self.on, self.seen.found)

    def _reduced(self, by_sample: HostArray) -> HostArray:
        """The mean or the sum over samples, of errors or of rows of gradients."""
        total: HostArray = by_sample.sum(axis=0)
        return total / len(by_sample) if self.network.training.reduction == "mean" else total

    def _batch(self, samples: tuple[int, ...], number: int, stage: str) -> None:
        record, found = self._record(samples), self.seen.found
        points = self._looked(stage)
        passed, errors = record.passed(points)
        if self.case.targets is None:
            return
        found["E"] = float(self._reduced(errors))
        gradient = self._reduced(record.slopes(points, passed))
        self.seen.moments.append(Moment(samples, stage, points))
        found.update(
            {f"dE/d{key}{stage}": slope for key, slope in zip(self.wiring.keys, gradient.tolist(), strict=True)}
        )
        if self.groups:
            self._update(gradient, number, stage)

    def _looked(self, stage: str) -> HostArray:
        """The parameters at which gradients are taken; where an optimizer looks ahead they are written down."""
        chosen, points = self.network.training.optimizer, self.values.copy()
        if chosen.form not in ("look_ahead", "look_ahead_velocity"):
            return points
        for group, state in zip(self.groups, self.states, strict=True):
            rows = list(group.indices)
            points[rows] = on_host(look(chosen, self.on.place(self.values[rows]), state))
            self._write("ahead", rows, points[rows], stage)
        return points

    def _update(self, gradient: HostArray, number: int, stage: str) -> None:
        """Every quantity of the update, all from old values at once."""
        chosen, values = self.network.training.optimizer, self.values.copy()
        rate = float(self.network.learning_rate.value) if self.network.learning_rate else 0.0
        for place, group in enumerate(self.groups):
            rows = list(group.indices)
            x, g = self.on.place(values[rows]), self.on.place(gradient[rows])
            new, found = updated(chosen, self.on.xp, rate, chosen.t + number - 1, x, g, self.states[place])
            self.states[place] = {letter: found[letter] for letter in chosen.states}
            values[rows] = on_host(new)
            for letter, numbers in found.items():
                self._write(letter, rows, on_host(numbers), stage)
        for index in (index for group in self.groups for index in group.indices):
            self.seen.found[f"{self.wiring.keys[index]}{stage or chr(39)}"] = float(values[index])
        self.values = values

    def _write(self, letter: str, rows: list[int], numbers: HostArray, stage: str) -> None:
        if letter in SHARED:
            self.seen.found[f"{letter}{stage}"] = float(numbers[0])
            return
        keys = [self.wiring.keys[row] for row in rows]
        self.seen.found.update({f"{letter}_{key}{stage}": float(x) for key, x in zip(keys, numbers, strict=True)})
