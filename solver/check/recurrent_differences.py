"""The slopes of a recurrent problem's error by finite differences, which need no calculus.

All nudged variants of the weights go through time together. Central differences at h and h/2 make one Richardson
step, (4 D(h/2) − D(h)) / 3 (Press et al., Numerical Recipes, section 5.7). Where errors are truncated, a weight is
nudged only at the times that the error goes back to.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy

from ..spec.recurrent_problem import Block, Recurrent
from .backends import Arrays, on_host
from .compare import Differences
from .recurrent_passes import Run, Weights, sides, stated

LIMIT = 200  # parameters compared; of more, this many spread evenly
_AT_ONCE = 1_000_000  # numbers in the weights of one batch of variants
_SIZES = (1e-3, 1e-5)
_OFFSETS = (-1.0, -0.5, 0.5, 1.0)
_ULP = 2.0**-52

HostArray = numpy.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A parameter: its key, and where it stands; `time` 0 where all times share it."""

    key: str
    block: Block
    row: int
    column: int
    time: int

    @property
    def value(self) -> float:
        return float(self.block.copies[max(self.time - 1, 0)][self.row][self.column].value)


def slopes_by_differences(problem: Recurrent, on: Arrays, keys: Collection[str]) -> Differences:
    """Slopes of the error by the parameters whose gradients are among the keys."""
    if not problem.has_target:
        return Differences()
    chosen = [each for each in _entries(problem) if f"dE/d{each.key}" in keys]
    if len(chosen) > LIMIT:
        chosen = [chosen[index * (len(chosen) - 1) // (LIMIT - 1)] for index in range(LIMIT)]
    values: dict[str, float] = {}
    doubts: dict[str, float] = {}
    skipped: set[str] = set()
    count = sum(block.count for block in problem.blocks)
    batch = max(1, _AT_ONCE // (count * len(_OFFSETS)))
    for size in _SIZES:
        left = [each for each in chosen if f"dE/d{each.key}" not in values]
        for start in range(0, len(left), batch):
            _compare(problem, on, left[start : start + batch], size, values, doubts)
    skipped = {f"dE/d{each.key}" for each in chosen} - values.keys()
    return Differences(values, doubts, frozenset(skipped))


def _entries(problem: Recurrent) -> list[_Entry]:
    return [
        _Entry(block.key(row, column, time), block, row, column, time if block.own else 0)
        for block in problem.blocks
        for time in range(1, len(block.copies) + 1)
        for row in range(block.rows)
        for column in range(block.columns)
    ]


def _compare(
    problem: Recurrent,
    on: Arrays,
    entries: list[_Entry],
    size: float,
    values: dict[str, float],
    doubts: dict[str, float],
) -> None:
    """Adds the slopes of those parameters whose nudges stay on one side of every kink."""
    steps = numpy.asarray([size * max(abs(each.value), 1.0) for each in entries])
    errors, same = _errors(problem, on, entries, steps)
    far_below, below, above, far_above = errors
    wide, near = (far_above - far_below) / (2 * steps), (above - below) / steps
    largest = numpy.maximum(numpy.maximum(abs(far_above), abs(far_below)), 1.0)
    doubt = abs(near - wide) / 3 + 50 * _ULP * largest / steps
    found = (4 * near - wide) / 3
    for index, each in enumerate(entries):
        if same[index] and numpy.isfinite(found[index]) and numpy.isfinite(doubt[index]):
            values[f"dE/d{each.key}"], doubts[f"dE/d{each.key}"] = float(found[index]), float(doubt[index])


def _errors(problem: Recurrent, on: Arrays, entries: list[_Entry], steps: HostArray) -> tuple[HostArray, HostArray]:
    """The error at each offset and entry, and whether all offsets of an entry stay on their side of every kink."""
    timed = [time for time, target in enumerate(problem.targets, 1) if target]
    shape = (len(_OFFSETS), len(entries))
    total, same = numpy.zeros(shape), numpy.ones(len(entries), dtype=bool)
    at_rest = sides(Run(problem, on, stated(on)))
    for last in timed if problem.truncate else timed[:1]:
        first = last - problem.truncate + 1 if problem.truncate else 1
        run = Run(problem, on, _nudged(on, entries, steps, first))
        for time in [last] if problem.truncate else timed:
            sums = on_host(run.parts(time)).sum(axis=1)
            total = total + numpy.broadcast_to(sums, (shape[0] * shape[1],)).reshape(shape)
        found = sides(run)
        stays = numpy.broadcast_to((found == at_rest).all(axis=1), (shape[0] * shape[1],)).reshape(shape)
        same &= stays.all(axis=0)
    return total, same


def _nudged(on: Arrays, entries: list[_Entry], steps: HostArray, first: int) -> Weights:
    """The weights in one variant for each offset and entry, nudged from time `first` on."""
    offsets = (numpy.asarray(_OFFSETS)[:, None] * steps).reshape(-1)
    rows = list(entries) * len(_OFFSETS)

    def weights(block: Block, time: int) -> Any:
        base = on_host(stated(on)(block, time))
        mine = [i for i, each in enumerate(rows) if each.block.name == block.name and each.time in (0, time)]
        if not mine or time < first:
            return on.place(base)
        grid = numpy.repeat(base, len(rows), axis=0)
        for index in mine:
            each = rows[index]
            place = (index, each.row) if block.vector else (index, each.row, each.column)
            grid[place] += offsets[index]
        return on.place(grid)

    return weights
