"""Updates of gradient descent on the page: the first sample in full, the others as a table, sums, gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..topics.descent import FIRST, LAST, START
from ..topics.regression_solution import WorkedRegression
from .blocks import Block, Heading, Lines, Prose
from .lines import Lines as LineWriter
from .regression_tables import Column, epoch_table, lines, sample_table

Columns = Callable[[str], Sequence[Column]]
_IN_FULL = 3


class Epochs:
    """The sections of gradient descent.

    columns: the columns of the table of samples, of the ending of their keys
    """

    def __init__(self, solution: WorkedRegression, writer: LineWriter, columns: Columns) -> None:
        self.solution, self.writer, self.columns = solution, writer, columns
        self.steps = solution.working.steps

    def blocks(self) -> Iterator[Block]:
        """The first epoch, the table of epochs, the last update."""
        names = list(dict.fromkeys(step.section for step in self.steps.values()))
        updates = [name for name in names if name == FIRST or name.startswith("Update ")]
        if START in names:
            yield from self._section(START)
        for name in updates[:_IN_FULL]:
            yield from self._section(name)
        if len(updates) > _IN_FULL:
            yield from self._others(updates[_IN_FULL:])
        yield Heading(("Epochs",))
        yield from epoch_table(self.solution, self.writer)
        if LAST in names:
            yield from self._section(LAST)

    def _section(self, name: str) -> Iterator[Block]:
        keys = [key for key, step in self.steps.items() if step.section == name]
        entries = [key for key in keys if "[" in key]
        whole = [key for key in keys if "[" not in key]
        yield Heading((name,))
        yield from self._announced(name)
        samples = sorted({_sample(key) for key in self._used(name, whole)})
        stage = self._stage(name)
        if samples:
            first = [key for key in self._used(name, whole) if _sample(key) == samples[0]]
            yield Prose((f"Sample {samples[0]}:",))
            yield lines(self.writer, first)
        if len(samples) > 1:
            yield Prose(("The others in the same way; the last row adds each column.",))
            columns = [column for column in self.columns(stage) if self._stands(column, samples, stage)]
            yield sample_table(self.writer, columns, samples)
        if whole:
            yield lines(self.writer, whole)
        del entries

    def _announced(self, name: str) -> Iterator[Block]:
        descent = self.solution.problem.descent
        if name == LAST:
            total = descent.epochs * len(self.solution.problem.batches)
            yield Prose((f"Update {total:,} ends epoch {descent.epochs:,}; it starts from what the one before left:",))
            given = [key for key in self.writer.working.givens if key.endswith(f"@{total - 1}")]
            if given:
                yield Prose(tuple(self._values(given)))

    def _values(self, keys: list[str]) -> Iterator[object]:
        from .. import notation as n

        for index, key in enumerate(keys):
            yield ", " if index else ""
            yield n.Compare(self.writer.working.name(key), "=", self.writer.number(key))
        yield "."

    def _used(self, name: str, whole: list[str]) -> list[str]:
        """The entries of samples that the section's sums, gradients and updates rest on, in order."""
        stage = self._stage(name)
        needed = self.solution.working.needs(whole)
        return [k for k in self.steps if k in needed and "[" in k and k.endswith(f"]{stage}")]

    def _stage(self, name: str) -> str:
        """How the keys of the section's samples end: @3 before the fourth update."""
        key = next(key for key, step in self.steps.items() if step.section == name and "[" in key)
        return key.partition("]")[2]

    def _stands(self, column: Column, samples: Sequence[int], stage: str) -> bool:
        key = f"{column.key}[{samples[0]}]{column.ending}"
        return key in self.writer.values.texts

    def _others(self, names: Sequence[str]) -> Iterator[Block]:
        """The later updates of the epoch: their new values only."""
        keys = [k for k, step in self.steps.items() if step.section in names and step.rule == "update"]
        yield Heading((f"The other updates of the epoch ({len(names)})",))
        yield Prose(("Worked in the same way, each from the values that the one before left.",))
        yield Lines(tuple(self.writer.equation(key) for key in keys[:_MOST_LINES]))


_MOST_LINES = 24


def _sample(key: str) -> int:
    return int(key.partition("[")[2].partition("]")[0])
