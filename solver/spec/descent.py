"""Gradient-descent problems: what the topic works and the check recomputes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .number import Number
from .optimizer_table import Optimizer

Row = tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One descent: where it starts, its learning rate, its optimizer."""

    start: Row
    rate: Number
    optimizer: Optimizer


@dataclass(frozen=True, slots=True)
class Descent:
    """A function (or gradients that are given) and the descents on it.

    variables: the parameters that move, in order
    function:  the formula as typed, '' where gradients are given
    data:      for each sample the numbers of the other names of the formula; empty without samples
    gradients: the gradient of each update, where these are given
    samples:   the gradient of each sample, where these are given; wishes: what was typed is their negative
    batch:     samples for each update
    runs:      the descents, side by side; empty for the gradient at a point or the averages alone
    point:     where the gradient is wanted when nothing runs
    steps:     updates of each run
    """

    title: str
    variables: tuple[str, ...]
    function: str
    data: tuple[Mapping[str, Number], ...]
    gradients: tuple[Row, ...]
    samples: tuple[Row, ...]
    wishes: bool
    batch: int
    runs: tuple[Run, ...]
    point: Row
    steps: int
    show_steps: int

    @property
    def batches(self) -> tuple[tuple[int, ...], ...]:
        """The samples (from 1) of each batch, in order."""
        count = len(self.data) or len(self.samples)
        return tuple(
            tuple(range(at + 1, min(at + self.batch, count) + 1)) for at in range(0, count, max(self.batch, 1))
        )

    def tag(self, run: int) -> str:
        """What keys of a run (from 0) end in: nothing where there is but one, else @1, @2 ..."""
        return f"@{run + 1}" if len(self.runs) > 1 else ""
