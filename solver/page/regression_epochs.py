"""Updates of gradient descent on the page: the first sample in full, the others as a table, sums, gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .. import notation as n
from ..topics.regression_descent import FIRST, LAST, START
from ..topics.regression_solution import WorkedRegression
from .blocks import Block, Heading, Inline, Prose, Table, Text
from .drawn import drawn
from .history import curve
from .lines import Lines as LineWriter
from .regression_tables import Column, epoch_table, lines, sample_table, visible

Tables = Callable[[str], Sequence[Sequence[Column]]]
_IN_FULL = 3


class Epochs:
    """The sections of gradient descent.

    tables: the columns of each table of samples, of the ending of their keys
    """

    def __init__(self, solution: WorkedRegression, writer: LineWriter, tables: Tables) -> None:
        self.solution, self.writer, self.tables = solution, writer, tables
        self.steps = solution.working.steps
        self.problem = solution.problem

    def blocks(self) -> Iterator[Block]:
        """The first epoch, the table of epochs, the last update."""
        names = list(dict.fromkeys(step.section for step in self.steps.values()))
        updates = [name for name in names if name == FIRST or name.startswith("Update ")]
        for name in [*(name for name in names if name == START), *updates[:_IN_FULL]]:
            yield from self._section(name)
        if len(updates) > _IN_FULL:
            yield from self._others(len(updates))
        yield Heading(("Epochs",))
        yield from epoch_table(self.solution, self.writer)
        if len(self.solution.history) > 2 and not self.solution.asked:
            yield drawn(self.solution, "curve", curve(self.solution.history))
        if LAST in names:
            yield from self._section(LAST)

    def _section(self, name: str) -> Iterator[Block]:
        whole = [key for key, step in self.steps.items() if step.section == name and "[" not in key]
        stage = self._stage(name)
        needed = self.solution.working.needs(whole)
        entries = [key for key in self.steps if key in needed and "[" in key and key.endswith(f"]{stage}")]
        samples = sorted({_sample(key) for key in entries})
        yield Heading((name,))
        if name == LAST and self._carried():
            yield Prose(tuple(self._last()))
        if len(samples) > 1:
            yield Prose((f"Sample {samples[0]}:",))
        yield lines(self.writer, [key for key in entries if _sample(key) == samples[0]])
        if len(samples) > 1:
            yield Prose(("The others in the same way; the last row adds each column.",))
            for table in self.tables(stage):
                columns = [c for c in table if not c.ending or any(f"{c.key}[{i}]{stage}" in needed for i in samples)]
                if any(column.ending for column in columns):
                    yield sample_table(self.writer, columns, samples)
        yield lines(self.writer, whole)

    def _stage(self, name: str) -> str:
        """How the keys of the section's samples end: @3 after three updates."""
        updates = [step for step in self.steps.values() if step.section == name and step.rule == "update"]
        if not updates:
            return "@0"
        olds = [key for key in updates[0].uses if "@" in key and not key.startswith("dE/")]
        return "@" + olds[0].partition("@")[2]

    def _last(self) -> Iterator[Inline]:
        done = self.problem.descent.epochs * len(self.problem.batches) - 1
        yield f"Update {done + 1:,}, which ends epoch {self.problem.descent.epochs:,}, starts from what the one before "
        yield "left: "
        for index, key in enumerate(self.problem.parameters):
            yield ", " if index else ""
            yield n.Compare(self.writer.working.name(f"{key}@{done}"), "=", self.writer.number(f"{key}@{done}"))
        yield "."

    def _carried(self) -> bool:
        """Whether the last update starts from the table, not from a line above it."""
        done = self.problem.descent.epochs * len(self.problem.batches) - 1
        return f"{self.problem.parameters[0]}@{done}" in self.solution.working.givens

    def _others(self, count: int) -> Iterator[Block]:
        """The later updates of the epoch: their new values only."""
        keys = self.problem.parameters
        yield Heading(("The other updates of the epoch",))
        yield Prose(("In the same way, each from the values that the one before left:",))
        rows: list[tuple[Text, ...]] = []
        for place in visible(count - _IN_FULL):
            number = 0 if place is None else place + _IN_FULL
            found = [f"{key}@{number}" if f"{key}@{number}" in self.writer.values.texts else key for key in keys]
            cells = [("…",) if place is None else (self.writer.number(key),) for key in found]
            rows.append((("…" if place is None else str(number),), *cells))
        headers: list[Text] = [("update",), *((self.writer.working.name(key),) for key in keys)]
        yield Table(tuple(headers), tuple(rows), right=frozenset(range(len(headers))))


def _sample(key: str) -> int:
    return int(key.partition("[")[2].partition("]")[0])
