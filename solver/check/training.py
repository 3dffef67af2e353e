"""A whole training by plain array code: every epoch, batch by batch, with few array operations an update.

The weights of all levels stand end to end in one vector, filled from the parameters by one look-up; the
gradients come back the same way. Mean or sum over a batch; old weights in every gradient.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy
from msgspec import Struct

from ..progress import rounds
from ..spec.network import Network
from .backends import Arrays, on_host
from .optimizers import State, look, updated
from .passes import Forward, backward, forward, parts, predicted
from .wiring import Data, HostArray, Wiring, data, wire

_NUMBERS_AT_ONCE = 100_000  # outputs kept before their errors are reckoned


class Trained(Struct, frozen=True):
    """What a training comes to.

    history:    E over all samples after k epochs, k = 0 ... N
    parameters: every weight and bias after the last update
    gradients:  the gradient of the last update by every weight and bias
    """

    history: tuple[float, ...]
    parameters: Mapping[str, float]
    gradients: Mapping[str, float]


class Movers(Struct, frozen=True):
    """The parameters that move under one state of the optimizer: their indices, and what earlier updates left."""

    indices: tuple[int, ...]
    state: State


def movers(network: Network, wiring: Wiring, on: Arrays) -> list[Movers]:
    """The parameters that an update moves, those apart of which earlier updates left different letters."""
    chosen, moving = network.training.optimizer, network.moved
    index_of = {key: index for index, key in enumerate(wiring.keys)}
    moved = [p.key for p in network.parameters if p.key in moving]
    groups: dict[tuple[str, ...], list[tuple[int, dict[str, float]]]] = {}
    for place, key in enumerate(moved):
        left = {letter: chosen.earlier(letter, key, place) for letter in chosen.states}
        known = {letter: float(number.value) for letter, number in left.items() if number is not None}
        groups.setdefault(tuple(known), []).append((index_of[key], known))
    return [
        Movers(
            tuple(index for index, _ in members),
            {letter: on.place(numpy.asarray([known[letter] for _, known in members])) for letter in letters},
        )
        for letters, members in groups.items()
    ]


def trained(network: Network, xp: Any = numpy, device: Any = None, start: HostArray | None = None) -> Trained:
    """The training of a network from its own parameters, or from those in `start` (in the order of the wiring).

    xp, device: an array API namespace and a device of it (see `backend`). Numbers that leave double precision
    are nan or infinite. Raises ValueError for a network without target or learning rate.
    """
    if not network.learns:
        raise ValueError("training needs a target and a learning rate")
    with numpy.errstate(all="ignore"):
        return _Course(network, Arrays(xp, device), start).run()


class _Batch(Struct, frozen=True):
    """Samples on the device; share: what the sum over them is multiplied with."""

    case: Data
    inputs: Any
    targets: Any
    keeps: Any
    share: float


class _History:
    """E of all samples from the outputs of each epoch, many epochs at a time."""

    def __init__(self, whole: _Batch, on: Arrays) -> None:
        self.whole, self.on = whole, on
        self.waiting: list[Any] = []
        self.found: list[float] = []
        self.at_once = max(1, _NUMBERS_AT_ONCE // (whole.targets.shape[0] * whole.targets.shape[1]))

    def add(self, y: Any) -> None:
        """The outputs after one more epoch, (samples, n)."""
        self.waiting.append(y)
        if len(self.waiting) == self.at_once:
            self._reckon()

    def errors(self) -> tuple[float, ...]:
        """E for every epoch that was added."""
        if self.waiting:
            self._reckon()
        return tuple(self.found)

    def _reckon(self) -> None:
        xp, epochs = self.on.xp, len(self.waiting)
        targets = xp.concat([self.whole.targets] * epochs)
        by_output = parts(self.whole.case, xp.concat(self.waiting), targets, self.on)
        errors = xp.sum(xp.reshape(by_output, (epochs, -1)), axis=1) * self.whole.share
        self.found += on_host(errors).tolist()
        self.waiting = []


class _Course:
    """The loop over epochs and batches. Parameters stand in the order: those that move, the rest, and a 0."""

    def __init__(self, network: Network, on: Arrays, start: HostArray | None) -> None:
        self.network, self.on, self.wiring = network, on, wire(network)
        self.chosen, self.letters = network.training.optimizer, network.training.optimizer.states
        self.rate = float(network.learning_rate.value) if network.learning_rate else 0.0
        values = self.wiring.values if start is None else start
        groups = movers(network, self.wiring, on)
        self.states = [group.state for group in groups]
        moving = [index for group in groups for index in group.indices]
        self.order = [*moving, *sorted(set(range(len(values))) - set(moving))]
        self.ends = numpy.cumsum([0, *(len(group.indices) for group in groups)]).tolist()
        self.moving = on.place(values[moving])
        self.rest = on.place(numpy.append(values[self.order[len(moving) :]], 0.0))
        self._lay_tables()
        case = data(network)
        self.whole = self._batch(case)
        self.batches = [self._batch(case.of([s - 1 for s in batch])) for batch in network.batches]
        self.zero = on.zeros(1)

    def _lay_tables(self) -> None:
        """For every weight of the levels its parameter (the 0 where there is no wire), and the way back."""
        place_of = {index: place for place, index in enumerate(self.order)}
        size, count = self.wiring.size, len(self.order)
        owners = [place_of[owner] for owner in self.wiring.owners.tolist()]
        parameters = numpy.full(size, count, dtype=numpy.int64)
        parameters[self.wiring.places] = owners
        rounds: list[HostArray] = []
        seen = [0] * count
        for owner, place in zip(owners, self.wiring.places.tolist(), strict=True):
            if seen[owner] == len(rounds):
                rounds.append(numpy.full(count, size, dtype=numpy.int64))
            rounds[seen[owner]][owner] = place
            seen[owner] += 1
        self.parameters = self.on.place(parameters)
        self.rounds = [self.on.place(table) for table in rounds]

    def _batch(self, case: Data) -> _Batch:
        place, mean = self.on.place, self.network.training.reduction == "mean"
        keeps = None if case.keeps is None else place(case.keeps)
        share = 1 / len(case.inputs) if mean else 1.0
        return _Batch(case, place(case.inputs), place(case.targets), keeps, share)

    def run(self) -> Trained:
        """All epochs. Where an update starts with the pass that gives E, that pass is not made twice."""
        history = _History(self.whole, self.on)
        gradient, update = self.zero, self.chosen.t
        at_once = len(self.batches) == 1 and self.chosen.form not in ("look_ahead", "look_ahead_velocity")
        for _ in rounds(range(self.network.training.epochs), "check of epoch"):
            if not at_once:
                history.add(self._at_rest())
            for batch in self.batches:
                weights = self._weights(self._looked())
                passed = self._forward(batch, weights)
                y = predicted(self.wiring, passed.outs, self.on)
                if at_once:
                    history.add(y)
                gradient = self._gradient(batch, weights, passed, y)
                self._update(gradient, update)
                update += 1
        history.add(self._at_rest())
        ends = self.on.xp.concat([self.moving, self.rest])
        return Trained(history.errors(), self._named(ends), self._named(gradient))

    def _looked(self) -> Any:
        if len(self.states) == 1:
            return look(self.chosen, self.moving, self.states[0])
        pieces = [look(self.chosen, x, state) for x, state in zip(self._pieces(self.moving), self.states, strict=True)]
        return self.on.xp.concat(pieces)

    def _pieces(self, values: Any) -> list[Any]:
        """The moving ones of all parameters, apart by their state."""
        return [values[start:stop] for start, stop in zip(self.ends[:-1], self.ends[1:], strict=True)]

    def _weights(self, moving: Any) -> list[Any]:
        xp = self.on.xp
        return self.wiring.split(xp.take(xp.concat([moving, self.rest]), self.parameters), xp)

    def _forward(self, batch: _Batch, weights: Sequence[Any]) -> Forward:
        return forward(self.wiring, weights, batch.inputs, self.on, batch.keeps)

    def _at_rest(self) -> Any:
        """The outputs of all samples between two epochs."""
        return predicted(self.wiring, self._forward(self.whole, self._weights(self.moving)).outs, self.on)

    def _gradient(self, batch: _Batch, weights: Sequence[Any], passed: Forward, y: Any) -> Any:
        """The gradient by every parameter, summed over the wires on which it stands."""
        xp = self.on.xp
        slope = batch.case.loss.slope(xp, y, batch.targets, batch.case.setting)
        back = backward(self.wiring, weights, passed.nets, slope, self.on, batch.keeps)
        by_level = [
            xp.reshape(back.deltas[:, level.start : level.stop].T @ passed.kept[:, : level.known], (-1,))
            for level in self.wiring.levels
        ]
        flat = xp.concat([*by_level, self.zero])
        total = xp.take(flat, self.rounds[0])
        for table in self.rounds[1:]:
            total = total + xp.take(flat, table)
        return total * batch.share

    def _update(self, gradient: Any, number: int) -> None:
        moved = []
        for place, (x, g) in enumerate(zip(self._pieces(self.moving), self._pieces(gradient), strict=True)):
            new, found = updated(self.chosen, self.on.xp, self.rate, number, x, g, self.states[place])
            self.states[place] = {letter: found[letter] for letter in self.letters}
            moved.append(new)
        self.moving = moved[0] if len(moved) == 1 else self.on.xp.concat(moved)

    def _named(self, values: Any) -> dict[str, float]:
        """Numbers in the order of this course by the keys of the parameters, as the network is wired."""
        found = dict(zip(self.order, on_host(values).tolist(), strict=False))
        return {key: found[index] for index, key in enumerate(self.wiring.keys)}
