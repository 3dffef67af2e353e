"""The independent second look at perceptron learning: whole numbers in arrays, over a common denominator.

Every weight that can occur is a whole multiple of 1/M, M being the common denominator of the start values and of
what an update can add, so a net input of 0 is 0 and no rounding makes a neuron fire. (Where M is too large for
doubles they are taken as they are, and a net input that is rounding alone counts as 0.)
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import Any

import numpy

from ..spec.perceptron_problem import MOST_ROWS, Perceptron
from .backends import Arrays, settled
from .backends import backend as array_backend
from .compare import Audit, Differences, held

_LARGEST = 2**25


def audited(values: Mapping[str, float], problem: Perceptron, backend: str = "numpy") -> Audit:
    """Every value held against the reference. Raises Unavailable for a backend that is not here."""
    xp, device = array_backend(backend)
    return held(values, quantities(problem, xp, device), Differences(), backend)


def quantities(problem: Perceptron, xp: Any, device: Any) -> dict[str, float]:
    """Every row of the learning table by its keys, and the line at the end."""
    run = _Run(problem, Arrays(xp, device))
    run.train()
    return run.found


def _common(numbers: list[Fraction]) -> int:
    """The common denominator; 1 where doubles cannot hold the whole numbers that it makes."""
    found = lcm(*(number.denominator for number in numbers))
    return found if found * max(abs(number) for number in numbers) < _LARGEST else 1


class _Run:
    """Inputs with a column for bias or threshold, which reads 1 or -1; weights (inputs + 1), times `scale`."""

    def __init__(self, problem: Perceptron, on: Arrays) -> None:
        self.problem, self.on = problem, on
        self.offset = "b" if problem.bias is not None else "theta" if problem.threshold is not None else ""
        last = Fraction(0) if not self.offset else Fraction(-1 if self.offset == "theta" else 1)
        rows = [[*(number.value for number in case.inputs), last] for case in problem.samples]
        own = problem.bias or problem.threshold
        start = [*(weight.value for weight in problem.weights), own.value if own else Fraction(0)]
        eta = problem.learning_rate.value
        moves = [[eta * each for each in row] for row in rows]
        self.inputs_scale = _common([each for row in rows for each in row])
        self.scale = _common([*(each for row in moves for each in row), *start])
        self.rows = self._whole(rows, self.inputs_scale)
        self.moves = self._whole(moves, self.scale)
        if not problem.learns_offset:
            self.moves = self.moves * on.place(numpy.asarray([1.0] * len(problem.weights) + [0.0]))
        self.weights = self._whole([start], self.scale)[0, :]
        self.targets = [float(case.target.value) if case.target else 0.0 for case in problem.samples]
        self.found: dict[str, float] = {"eta": float(eta)}
        self._givens(rows, start)

    def _whole(self, rows: list[list[Fraction]], scale: int) -> Any:
        return self.on.place(numpy.asarray([[float(each * scale) for each in row] for row in rows]))

    def _givens(self, rows: list[list[Fraction]], start: list[Fraction]) -> None:
        for index, row in enumerate(rows, 1):
            self.found |= {f"x{place}[{index}]": float(each) for place, each in enumerate(row[:-1], 1)}
            self.found[f"t[{index}]"] = self.targets[index - 1]
        self.found |= {f"w{place}": float(each) for place, each in enumerate(start[:-1], 1)}
        if self.offset:
            self.found[self.offset] = float(start[-1])

    def train(self) -> None:
        """Epochs until none is missed, the weights are those of an earlier end, or the epochs are over."""
        most = self.problem.epochs or max(1, MOST_ROWS // len(self.targets))
        seen = {self._state()}
        for epoch in range(1, most + 1):
            missed = sum(self._show(sample, epoch) for sample in range(len(self.targets)))
            self.found[f"errors@{epoch}"] = float(missed)
            again = self._state() in seen
            seen.add(self._state())
            if missed == 0 or (again and self.problem.epochs is None):
                break
        self._line()

    def _state(self) -> tuple[float, ...]:
        return tuple(float(self.weights[place]) for place in range(len(self.problem.weights) + 1))

    def _show(self, sample: int, epoch: int) -> int:
        """One sample: net input, output, error, new weights; 1 where it was missed."""
        tag = f"[{sample + 1}]" + (f"@{epoch}" if epoch > 1 else "")
        pulls = self.rows[sample, :] * self.weights
        net = float(settled(self.on.xp, self.on.xp.sum(pulls), 64 * self.on.xp.sum(self.on.xp.abs(pulls))))
        above = net >= 0 if self.problem.fires == ">=" else net > 0
        output = 1.0 if above else float(self.problem.low)
        miss = self.targets[sample] - output
        error = miss / 2 if self.problem.rule == "target" else miss
        self.weights = self.weights + error * self.moves[sample, :]
        size = float(self.scale * self.inputs_scale)
        outside = float(pulls[-1]) / size if self.offset == "theta" else 0.0
        self.found |= {f"in{tag}": net / size - outside, f"y{tag}": output, f"e{tag}": error}
        state = [each / self.scale for each in self._state()]
        self.found |= {f"w{place}{tag}": each for place, each in enumerate(state[:-1], 1)}
        if self.offset and self.problem.learns_offset:
            self.found[f"{self.offset}{tag}"] = state[-1]
        return int(miss != 0)

    def _line(self) -> None:
        """The line of the two inputs that vary, where there are two."""
        rows = numpy.asarray([[float(number.value) for number in case.inputs] for case in self.problem.samples])
        varies = numpy.ptp(rows, axis=0) > 0
        weights = numpy.asarray(self._state()) / self.scale
        if varies.sum() != 2:
            return
        first, second = numpy.flatnonzero(varies)
        constant = float(rows[0][~varies] @ weights[:-1][~varies])
        constant += {"b": 1.0, "theta": -1.0, "": 0.0}[self.offset] * float(weights[-1])
        if weights[second] != 0:
            self.found["line_slope"] = float(-weights[first] / weights[second])
            self.found["line_intercept"] = float(-constant / weights[second])
        elif weights[first] != 0:
            self.found["line_at"] = float(-constant / weights[first])
