"""What every part of a recurrent page asks for: vectors and matrices of numbers, lines, tables by time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from .. import notation as n
from ..algebra import Expr
from ..evaluate import holds
from ..formula import written
from ..notation import Name, Node
from ..render.spelling import number as spelled
from ..render.spelling import spell
from ..spec.recurrent_problem import Block, Recurrence, Recurrent, entry
from ..topics.recurrent_names import name_of
from ..working import Step
from .blocks import Equation, Table, Text
from .convolution_grids import cut_sum, matrix
from .lines import Lines as LineWriter
from .lines import without_repeats

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_LINES, _MOST_SECTIONS = 32, 4  # of a part of the page; of more the first units and the rest as tables
_ROOM, _GAP, _MOST_ROWS, _MOST_UNITS = 74, 2, 24, 4
_LONG = 12  # quantities in a line that is not written in names

Row = tuple[Text, Sequence[str | None]]
"""The label of a row, and its quantity at each time (None: it has none)."""


class View:
    """A solution with the writer of its numbers."""

    def __init__(self, solution: Worked, writer: LineWriter) -> None:
        self.solution = solution
        self.writer = writer
        self.working = solution.working
        options = solution.options
        self.everything = options.everything or options.until is not None
        self.left_out = False

    @property
    def problem(self) -> Recurrent:
        problem: Recurrent = self.solution.problem
        return problem

    @property
    def times(self) -> range:
        return range(1, self.problem.steps + 1)

    def keys(self, letter: str, time: int, size: int) -> list[str]:
        """The keys of a vector's entries."""
        return [entry(f"{letter}_{time}", size, row) for row in range(size)]

    def number(self, key: str) -> Node:
        return self.writer.number(key)

    def vector(self, keys: Sequence[str]) -> Node:
        """A column of numbers; a number where it has one entry."""
        return self.matrix([[key] for key in keys])

    def matrix(self, rows: Sequence[Sequence[str]]) -> Node:
        """A matrix of numbers, cut where it is large."""
        if len(rows) == len(rows[0]) == 1:
            return self.number(rows[0][0])
        return matrix(rows, self.number, self.everything)

    def block(self, block: Block, time: int = 1, form: str = "{}") -> Node:
        """The numbers of a matrix or bias, or of what is named after its entries: dE/d{}, {}'."""
        columns = range(block.columns)
        return self.matrix([[form.format(block.key(row, c, time)) for c in columns] for row in range(block.rows)])

    def line(self, key: str, *, names: bool = True) -> Equation:
        """formula = numbers = result; in names where they are few."""
        step: Step = self.working.steps[key]
        rights: list[Node] = []
        if step.short:
            rights.append(step.short)
        elif names and len(step.uses) <= _LONG:
            rights.append(written(step.formula, self.working.name, self._holds))
        rights += [cut_sum(self.writer.in_numbers(step)), self.number(key)]
        return Equation(step.name, without_repeats(rights), key=key)

    def _holds(self, condition: Expr) -> bool:
        return holds(condition, self.solution.values.numbers)

    def lines(self, keys: Sequence[str]) -> Iterator[Equation]:
        """A line for each key; the first unit of each vector in names too, the others in numbers."""
        seen: set[str] = set()
        for key in keys:
            vector = key.replace("[", "_").rpartition("_")[0] if key.endswith("]") else key
            yield self.line(key, names=vector not in seen or self.everything)
            seen.add(vector)

    def is_short(self, sections: Mapping[str, Sequence[str]]) -> bool:
        """Whether every line of these sections can stand on the page."""
        lines = sum(map(len, sections.values()))
        return self.everything or (lines <= _MOST_LINES and len(sections) <= _MOST_SECTIONS)

    def fitting(self, label: int, widths: Sequence[int]) -> list[int | None]:
        """The columns that fit on a page beside a label: the first ones and the last, None for those between."""
        room = _ROOM - label - sum(width + _GAP for width in widths)
        if room >= 0:
            return list(range(len(widths)))
        self.left_out = True
        room = _ROOM - label - (1 + _GAP) - (widths[-1] + _GAP)
        kept: list[int | None] = []
        for column, width in enumerate(widths[:-1]):
            room -= width + _GAP
            if room < 0:
                break
            kept.append(column)
        return [*kept, None, len(widths) - 1]

    def width(self, keys: Sequence[str | None], header: str = "") -> int:
        """How many characters the widest of these numbers takes."""
        texts = [self.writer.values.texts[key] for key in keys if key is not None and key in self.working]
        return max([len(header), *(len(spelled(text)) for text in texts)])

    def by_time(self, rows: Sequence[Row], times: Sequence[int]) -> Table:
        """A row for each quantity, a column for each time."""
        columns = [[keys[place] for _, keys in rows] for place in range(len(times))]
        widths = [self.width(column, str(time)) for column, time in zip(columns, times, strict=True)]
        label = max(len(_plain(text)) for text, _ in rows)
        kept = self.fitting(label, widths)
        body = tuple((text, *(self._cell(keys, column) for column in kept)) for text, keys in rows)
        headers: list[Text] = [("…",) if column is None else (str(times[column]),) for column in kept]
        return Table((("time",), *headers), body, right=frozenset(range(1, len(kept) + 1)))

    def _cell(self, keys: Sequence[str | None], column: int | None) -> Text:
        if column is None:
            return ("…",)
        key = keys[column]
        return ("",) if key is None or key not in self.working else (self.number(key),)

    def units(self, letters: int) -> int:
        """How many units of each vector are shown where there are so many vectors."""
        return max(1, min(_MOST_UNITS, _MOST_ROWS // max(letters, 1)))

    def rows(self, letter: str, size: int, times: Sequence[int], form: str = "{}", most: int = 4) -> Iterator[Row]:
        """A row for each entry of a vector (of a long one the first), where it has a number at some time."""
        for unit in range(min(size, most)):
            keys = [form.format(entry(f"{letter}_{time}", size, unit)) for time in times]
            if any(key in self.working for key in keys):
                yield (timeless(letter, size, unit, form),), keys
        if size > most:
            self.left_out = True


def _plain(text: Text) -> str:
    return "".join(part if isinstance(part, str) else spell(part) for part in text)


def unit_name(letter: str, size: int, unit: int) -> Name:
    """A quantity's name without a time: f[2], in_f[2]."""
    found = name_of(entry(f"{letter}_0", size, unit))
    return Name(found.base, found.sub.removesuffix("0"), found.sup, upright=found.upright)


def timeless(letter: str, size: int, unit: int, form: str = "{}") -> Node:
    """The same, or the slope of the error by it."""
    name = unit_name(letter, size, unit)
    return n.Partial(Name("E"), name) if form.startswith("dE") else name


def first_units(keys: Sequence[str]) -> list[str]:
    """The keys of the first entry of each vector."""
    return [key for key in keys if not key.removesuffix(":short").endswith("]") or "[1]" in key]


def letters_of(one: Recurrence, cell: str) -> list[str]:
    """The letters of a recurrence's vectors in the order in which they are worked, net inputs too."""
    found: list[str] = [gate.letter for gate in one.transition]
    for gate in one.gates:
        if gate.letter == f"g{one.tag}" and cell == "gru" and all(part.source != "x" for part in gate.parts[1:]):
            found.append(f"s{one.tag}")
        found += [f"in_{gate.letter}", gate.letter]
    return [*found, *([f"c{one.tag}"] if cell == "lstm" else []), *([] if cell == "rnn" else [f"h{one.tag}"])]
