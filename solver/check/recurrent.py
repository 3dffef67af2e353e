"""The independent second look at a recurrent problem: whole arrays through time and back, and finite differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy

from ..spec.recurrent_problem import Block, Gate, Recurrent, entry
from .backends import Arrays, on_host
from .backends import backend as array_backend
from .compare import Audit, held
from .recurrent_differences import slopes_by_differences
from .recurrent_passes import Run, Weights, stated

Named = Iterator[tuple[str, float]]
Slopes = Mapping[int, Any]


def audited(values: Mapping[str, float], problem: Recurrent, backend: str = "numpy") -> Audit:
    """Every value held against the arrays, the gradients against finite differences.

    Raises Unavailable for a backend that is not here.
    """
    xp, device = array_backend(backend)
    with numpy.errstate(all="ignore"):
        found = quantities(problem, xp, device)
        return held(values, found, slopes_by_differences(problem, Arrays(xp, device), set(values)), backend)


def quantities(problem: Recurrent, xp: Any = numpy, device: Any = None) -> dict[str, float]:
    """Every unit at every time, errors, slopes, gradients, sizes and new values, by the keys of the interface."""
    on = Arrays(xp, device)
    return dict(_Reader(problem, Run(problem, on, stated(on))).everything())


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads arrays out under the keys of their entries."""

    problem: Recurrent
    run: Run

    def everything(self) -> Named:
        for var in self.run.tape.vars:
            if var.name:
                yield from _vector(var.name, var.value)
        yield from self._counts()
        times = [time for time, target in enumerate(self.problem.targets, 1) if target]
        if not times:
            return
        yield from self._errors(times)
        yield from self._slopes(times)

    def _errors(self, times: list[int]) -> Named:
        whole = 0.0
        for time in times:
            parts = on_host(self.run.parts(time))
            if parts.shape[1] > 1:
                yield from _vector(f"E_{time}", parts)
            yield f"E_{time}", float(parts.sum())
            whole += float(parts.sum())
        yield "E", whole

    def _slopes(self, times: list[int]) -> Named:
        """Slopes by every vector, of the whole error or of each one that is gone back from, and by the weights."""
        apart = bool(self.problem.truncate) and len(times) > 1
        passes = [(f"E_{time}", [time]) for time in times] if apart else [("E", times)]
        brought: dict[str, float] = {}
        for of, seeds in passes:
            slopes = self.run.tape.slopes([self.run.seed(time) for time in seeds])
            yield from self._by_vectors(of, slopes, with_sizes=not apart)
            first = seeds[-1] - self.problem.truncate + 1 if self.problem.truncate else 1
            for key, time, slope in self._by_weights(slopes):
                if time < first:
                    continue
                yield f"d{of}/d{key}" if "@" in key else f"d{of}/d{key}@{time}", slope
                brought[key] = brought.get(key, 0.0) + slope
        moved: dict[str, float] = {}
        for block in self.problem.blocks:
            for key, number in block.entries():
                slope = brought.get(key, 0.0)
                yield f"dE/d{key}", slope
                if self.problem.learning_rate:
                    moved[key] = float(number.value) - float(self.problem.learning_rate.value) * slope
                    yield f"{key}'", moved[key]
        if moved:
            again = Run(self.problem, self.run.on, _placed(moved, self.run.on))
            yield "E'", sum(float(on_host(again.parts(time)).sum()) for time in times)

    def _by_vectors(self, of: str, slopes: Slopes, with_sizes: bool) -> Named:
        for var in self.run.tape.vars:
            if not var.name:
                continue
            slope = slopes.get(var.place, var.value * 0)
            yield from _vector(f"d{of}/d{var.name}", slope)
            if with_sizes and var.name.startswith("h"):
                size = float(numpy.sqrt((on_host(slope) ** 2).sum()))
                yield f"norm{var.name[1:]}", size

    def _by_weights(self, slopes: Slopes) -> Iterator[tuple[str, int, float]]:
        """Each parameter, the time of its use, and the slope by it there."""
        blocks = {block.name: block for block in self.problem.blocks}
        for (name, time), var in self.run.weights.items():
            if var.place in slopes:
                yield from _entries(blocks[name], time, on_host(slopes[var.place])[0])

    def _counts(self) -> Named:
        problem, whole = self.problem, 0
        groups: list[tuple[str, tuple[Gate, ...]]] = [(gate.letter, (gate,)) for gate in problem.input_layers]
        for one in problem.recurrences:
            groups += [(gate.letter, (gate,)) for gate in one.transition]
            groups.append((problem.cell + one.tag, one.gates))
        groups += [(gate.letter, (gate,)) for gate in problem.output_layers]
        if problem.output and problem.output.parts:
            groups.append(("y", (problem.output,)))
        for title, gates in groups:
            sizes = [numpy.asarray(block.copies).size for gate in gates for block in gate.blocks]
            whole += sum(sizes)
            yield f"count_{title}", float(sum(sizes))
        yield "parameters", float(whole)


def _placed(values: Mapping[str, float], on: Arrays) -> Weights:
    """Weights read from numbers by their keys."""

    def weights(block: Block, time: int) -> Any:
        rows = [[values[block.key(row, column, time)] for column in range(block.columns)] for row in range(block.rows)]
        grid = numpy.asarray(rows)
        return on.place(grid[:, 0][None, :] if block.vector else grid[None, :, :])

    return weights


def _vector(name: str, value: Any) -> Named:
    numbers = on_host(value)[0]
    for row, number in enumerate(numbers):
        yield entry(name, len(numbers), row), float(number)


def _entries(block: Block, time: int, slope: Any) -> Iterator[tuple[str, int, float]]:
    for place, number in numpy.ndenumerate(slope):
        column = place[1] if len(place) > 1 else 0
        yield block.key(place[0], column, time), time, float(number)
