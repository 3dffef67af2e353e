"""The error's slope by every weight and bias from finite differences, which need no calculus.

Central differences at h and h/2 make one Richardson step, (4 D(h/2) - D(h)) / 3, with an error of order
h^4 (Ridders 1982; Press et al., Numerical Recipes, section 5.7). Three sizes of h are tried and for each
slope the one with the smallest estimated error is kept.
"""

from __future__ import annotations

from collections.abc import Collection
from math import isfinite
from typing import Any

import numpy
from msgspec import Struct
from msgspec.structs import replace

from ..spec.network import Network
from .backends import ROUNDING, Arrays, shaken
from .compare import Differences
from .passes import Forward, Nudge, forward, parts, predicted
from .wiring import Data, HostArray, Level, Moment, Wiring, data, wire

LIMIT = 400  # parameters compared; of more, this many spread evenly over the network
_SIZES = (4e-3, 5e-4, 6e-5)  # how far the net input that moves most is moved
_PROBE = 1e-6
_OFFSETS = (1.0, -1.0, 0.5, -0.5)
_NUMBERS_AT_ONCE = 4_000_000  # numbers in one batch, 32 MB


class _Bundle(Struct, frozen=True):
    """The wires of one parameter that leave the same node: they are nudged together."""

    owner: int
    source: int
    rows: tuple[int, ...]


def differences(
    network: Network, wanted: Collection[str] | None = None, limit: int = LIMIT, moment: Moment | None = None
) -> Differences:
    """Slopes of the reference's error by the wanted parameters (keys such as w5; None: all of them).

    moment: the batch, and the parameters, at which they are taken; without it all samples and the network's own.
    Of more than `limit` parameters, `limit` are taken, spread evenly from the first to the last.
    """
    wiring = wire(network)
    chosen = [o for o, key in enumerate(wiring.keys) if wanted is None or key in wanted]
    if len(chosen) > limit:
        chosen = [chosen[index * (len(chosen) - 1) // (limit - 1)] for index in range(limit)]
    here = moment or Moment(tuple(range(len(network.samples))), "", wiring.values)
    with numpy.errstate(all="ignore"):
        search = _Search(replace(wiring, values=here.values), data(network).of(here.samples))
        slopes, doubts = search.slopes(chosen)
    keys = [f"dE/d{wiring.keys[owner]}" for owner in chosen]
    share = 1 / len(here.samples) if network.training.reduction == "mean" else 1.0
    columns = [(here.stage, slopes.sum(axis=1) * share, doubts.sum(axis=1) * share)]
    if len(network.samples) > 1:
        columns += [(f"[{s + 1}]", slopes[:, i], doubts[:, i]) for i, s in enumerate(here.samples)]
    return _named(keys, columns)


def _named(keys: list[str], columns: list[tuple[str, HostArray, HostArray]]) -> Differences:
    """Slopes and doubts by key and ending; a doubt that is not finite means skipped."""
    values: dict[str, float] = {}
    uncertain: dict[str, float] = {}
    skipped: set[str] = set()
    for ending, slope, doubt in columns:
        for key, value, error in zip(keys, slope.tolist(), doubt.tolist(), strict=True):
            if isfinite(error):
                values[key + ending], uncertain[key + ending] = value, error
            else:
                skipped.add(key + ending)
    return Differences(values, uncertain, frozenset(skipped))


class _Search:
    """Evaluates the error at many nudged networks at once; one batch row for each nudge and sample."""

    def __init__(self, wiring: Wiring, case: Data) -> None:
        if case.targets is None:
            raise ValueError("without a target there is no error to differentiate")
        self.wiring, self.case, self.targets = wiring, case, case.targets
        self.on = Arrays(numpy, None)
        self.weights = wiring.weights(wiring.values)
        self.samples = case.inputs.shape[0]
        self.bends = _bending_neurons(wiring)
        self.at_rest = self._forward(case.inputs)
        self.pieces = self._pieces(self.at_rest, self.samples)
        self.slack = self._slack()

    def slopes(self, owners: list[int]) -> tuple[HostArray, HostArray]:
        """Slopes and their doubts, (parameters, samples) each."""
        bundles = _bundles(self.wiring, set(owners))
        per_row = len(self.wiring.nodes) * self.samples * len(_OFFSETS) * len(_SIZES)
        batch = max(1, _NUMBERS_AT_ONCE // per_row)
        place = {owner: index for index, owner in enumerate(owners)}
        slopes = numpy.zeros((len(owners), self.samples))
        doubts = numpy.zeros((len(owners), self.samples))
        for start in range(0, len(bundles), batch):
            some = bundles[start : start + batch]
            slope, doubt = self._batch(some)
            for index, bundle in enumerate(some):
                slopes[place[bundle.owner]] += slope[index]
                doubts[place[bundle.owner]] += doubt[index]
        return slopes, doubts

    def _batch(self, bundles: list[_Bundle]) -> tuple[HostArray, HostArray]:
        """For each bundle and sample the slope of the best step size, and its doubt."""
        steps = numpy.asarray(_SIZES)[:, None] * self._unit_steps(bundles)
        offsets = numpy.asarray(_OFFSETS)
        sizes = steps[:, None, :] * offsets[:, None]
        repeated = bundles * (len(_SIZES) * len(_OFFSETS))
        shape = (len(_SIZES), len(_OFFSETS), len(bundles), self.samples)
        found = self._errors(repeated, sizes.reshape(-1))
        by_output, noise = (table.reshape(*shape, -1) for table in found)
        slopes, doubts = _richardson(by_output, noise.sum(axis=-1).max(axis=1), steps)
        # A slope is delta times the source's output, whose own rounding stays where the error itself is 0.
        sources = self.at_rest.kept[:, [bundle.source for bundle in bundles]].T
        return slopes, doubts + ROUNDING * numpy.maximum(1.0, numpy.abs(sources))

    def _slack(self) -> HostArray:
        """How far rounding may move each output, (samples, n): seen by moving every node by some ulps."""
        y = predicted(self.wiring, self.at_rest.outs, self.on)
        moved = []
        for turn in range(4):
            factors = 1 + ROUNDING * shaken(len(self.wiring.nodes), turn)
            weights = [w * factors[: w.shape[1]] for w in self.weights]
            moved.append(forward(self.wiring, weights, self.case.inputs, self.on, self.case.keeps).outs)
        apart = [numpy.abs(predicted(self.wiring, outs, self.on) - y) for outs in moved]
        slack: HostArray = numpy.max(apart, axis=0) + ROUNDING * numpy.abs(y)
        return slack

    def _unit_steps(self, bundles: list[_Bundle]) -> HostArray:
        """The nudge of each bundle that would move the net input that moves most by about 1."""
        nudged = self._nudged(bundles, numpy.full(len(bundles), _PROBE))
        rest = self.at_rest.nets
        moved = numpy.abs(nudged.nets.reshape(len(bundles), *rest.shape) - rest)
        relative = (moved / numpy.maximum(1.0, numpy.abs(rest))).reshape(len(bundles), -1).max(axis=1)
        unit: HostArray = _PROBE / numpy.where(relative > 0, relative, _PROBE)
        return unit

    def _errors(self, bundles: list[_Bundle], sizes: HostArray) -> tuple[HostArray, HostArray]:
        """Parts of the error and their rounding noise, (nudges, samples, n) each.

        The noise is infinite where a neuron or the loss did not stay on its side of a kink.
        """
        passed = self._nudged(bundles, sizes)
        y = predicted(self.wiring, passed.outs, self.on)
        targets, slack = (numpy.tile(table, (len(bundles), 1)) for table in (self.targets, self.slack))
        middle, above, below = (parts(self.case, moved, targets, self.on) for moved in (y, y + slack, y - slack))
        noise = numpy.maximum(numpy.abs(above - middle), numpy.abs(below - middle))
        noise += ROUNDING * numpy.abs(middle)
        pieces = self._pieces(passed, len(middle))
        noise[(pieces != numpy.tile(self.pieces, (len(bundles), 1))).any(axis=1)] = numpy.inf
        shape = (len(bundles), self.samples, -1)
        return middle.reshape(shape), noise.reshape(shape)

    def _nudged(self, bundles: list[_Bundle], sizes: HostArray) -> Forward:
        rows = numpy.tile(self.case.inputs, (len(bundles), 1))
        return self._forward(rows, _nudge(self.wiring, bundles, sizes, self.samples))

    def _forward(self, inputs: HostArray, nudge: Nudge | None = None) -> Forward:
        keeps = self.case.keeps
        repeated = None if keeps is None else numpy.tile(keeps, (len(inputs) // self.samples, 1))
        return forward(self.wiring, self.weights, inputs, self.on, repeated, nudge)

    def _pieces(self, passed: Forward, rows: int) -> HostArray:
        """Which side of each kink a row is on: (rows, kinks) of -1, 0 or 1."""
        sides: HostArray = numpy.sign(passed.nets[:, self.bends])
        if self.case.loss.bend is None:
            return sides
        y = predicted(self.wiring, passed.outs, self.on)
        targets = numpy.tile(self.targets, (rows // self.samples, 1))
        bend = self.case.loss.bend(numpy, y, targets, self.case.setting)
        return numpy.concatenate([sides, numpy.sign(bend)], axis=1)


def _richardson(by_output: HostArray, noise: HostArray, steps: HostArray) -> tuple[HostArray, HostArray]:
    """The best slope and its doubt, (bundles, samples) each.

    by_output: (sizes, offsets, bundles, samples, n); noise: (sizes, bundles, samples);
    steps: (sizes, bundles).
    """
    up, down, half_up, half_down = numpy.moveaxis(by_output, 1, 0)
    wide = steps[:, :, None]
    coarse = (up - down).sum(axis=-1) / (2 * wide)
    fine = (half_up - half_down).sum(axis=-1) / wide
    refined = (4 * fine - coarse) / 3
    # Noise e in each of the four errors moves (4 D(h/2) - D(h)) / 3 by (4 * 2e/h + 2e/2h) / 3 = 3e/h.
    doubts = numpy.abs(refined - fine) + 3 * noise / wide
    doubts = numpy.where(numpy.isfinite(doubts), doubts, numpy.inf)
    best = doubts.argmin(axis=0)[None]
    return numpy.take_along_axis(refined, best, 0)[0], numpy.take_along_axis(doubts, best, 0)[0]


def _bundles(wiring: Wiring, owners: set[int]) -> list[_Bundle]:
    rows: dict[tuple[int, int], list[int]] = {}
    wires = zip(wiring.owners.tolist(), wiring.columns.tolist(), wiring.rows.tolist(), strict=True)
    for owner, source, row in wires:
        if owner in owners:
            rows.setdefault((owner, source), []).append(row)
    return [_Bundle(owner, source, tuple(entered)) for (owner, source), entered in rows.items()]


def _nudge(wiring: Wiring, bundles: list[_Bundle], sizes: HostArray, samples: int) -> Nudge:
    """Adds size * (output of the source) to the net inputs that a bundle enters."""
    moves = numpy.zeros((len(bundles), len(wiring.neurons)))
    for index, bundle in enumerate(bundles):
        moves[index, list(bundle.rows)] = sizes[index]
    spread = numpy.repeat(moves, samples, axis=0)
    sources = numpy.repeat([bundle.source for bundle in bundles], samples)[:, None]

    def nudge(level: Level, known: Any) -> Any:
        # A source that this level cannot read yet belongs to a later level, where `moves` is not 0.
        readable = numpy.minimum(sources, level.known - 1)
        return spread[:, level.start : level.stop] * numpy.take_along_axis(known, readable, axis=1)

    return nudge


def _bending_neurons(wiring: Wiring) -> list[int]:
    return [
        level.start + place
        for level in wiring.levels
        for group in level.groups
        if group.bends
        for place in group.places
    ]
