"""A normalization problem: what `solver.topics.normalization` works and `solver.check.normalization` recomputes."""

from __future__ import annotations

from dataclasses import dataclass

from .number import Number
from .outcome import Grid, Outcome

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Running:
    """Running averages of mean and variance, one for each feature.

    momentum: None in the test phase, where they stay
    weighs:   'old' or 'new': what the momentum is the share of
    variance: 'population' or 'sample': which variance is averaged
    """

    mean: tuple[Number, ...]
    variance: tuple[Number, ...]
    momentum: Number | None
    weighs: str
    spread: str


@dataclass(frozen=True, slots=True)
class Normalization:
    """Rows of samples, columns of features, and how they are normalized.

    method:   'batch' (each feature over the samples) or 'layer' (each sample over its features)
    variance: 'population' (divided by their number) or 'sample' (by one less)
    testing:  whether the running averages take the place of the batch's own
    """

    title: str
    method: str
    inputs: Grid
    gamma: tuple[Number, ...]
    beta: tuple[Number, ...]
    epsilon: Number
    variance: str
    testing: bool
    running: Running | None
    outcome: Outcome

    @property
    def size(self) -> tuple[int, int]:
        """Samples and features."""
        return len(self.inputs), len(self.inputs[0])

    @property
    def batch(self) -> bool:
        return self.method == "batch"

    @property
    def cells(self) -> list[Cell]:
        """Row and column of every input, from 1."""
        rows, columns = self.size
        return [(row, column) for row in range(1, rows + 1) for column in range(1, columns + 1)]

    @property
    def groups(self) -> range:
        """The numbers of what is normalized together: features (batch) or samples (layer), from 1."""
        return range(1, self.size[1 if self.batch else 0] + 1)

    def group(self, cell: Cell) -> int:
        """The group that a cell belongs to."""
        return cell[1] if self.batch else cell[0]

    def members(self, group: int) -> list[Cell]:
        """The cells of a group."""
        return [cell for cell in self.cells if self.group(cell) == group]

    @property
    def count(self) -> int:
        """How many numbers are normalized together."""
        return self.size[0 if self.batch else 1]

    @property
    def degrees(self) -> int:
        """What the squared distances are divided by."""
        return self.count if self.variance == "population" else self.count - 1
