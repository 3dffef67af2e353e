"""A practice sheet and its key, from one seed; both are pages, so that every format spells them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from solver.formats import Formats
from solver.page.blocks import Block, Heading, Page, Picture, Prose, Table, Text
from solver.version import __version__

from .batches import Copy, Work
from .parts import problem_data
from .plan import Plan
from .posed import Pool, Posed
from .printed import Printed, printed

SPACES = {"none": 0, "lines": 8, "half": 22, "page": 48}
_RULE = "_" * 70


@dataclass(frozen=True)
class Sheet(Formats):
    """Problems to work on: title, name field, instructions, questions, space.

    form:    the form id, which the key has too
    student: whose copy it is, '' for anyone's
    space:   'none', 'lines', 'half' or 'page': room below each problem
    prints:  the problems as they are printed; problems: the same with their solutions, where this process has them
    """

    prints: tuple[Printed, ...]
    plan: Plan
    form: str
    student: str = ""
    space: str = "lines"
    problems: tuple[Posed, ...] = ()

    @property
    def points(self) -> int:
        """The points of all problems."""
        return sum(each.points for each in self.prints)

    @property
    def key(self) -> Key:
        """The answer key."""
        return Key((self,))

    def page(self) -> Page:
        """The sheet as a page."""
        return Page(self.plan.title, tuple(self.blocks()))

    def blocks(self) -> Iterator[Block]:
        """Name field, stamp, instructions, then each problem with its room."""
        name = self.student or "_" * 24
        yield Prose((f"Name: {name}     Date: {'_' * 10}     Points: {'_' * 4} of {self.points}",))
        yield Prose((stamp(self),))
        yield Prose((self.plan.instructions,))
        for each in self.prints:
            yield Heading((each.heading,))
            yield from each.sheet
            yield from _room(self.space, each.points)

    def to_json(self) -> dict[str, Any]:
        """The problems as plain data, see the interface."""
        return set_data(self, [problem_data(problem) for problem in self.problems])


@dataclass(frozen=True)
class Bound(Formats):
    """The sheets of all students in one file, one after the other."""

    sheets: tuple[Sheet, ...]

    def page(self) -> Page:
        """The sheets as one page."""
        return Page(self.sheets[0].plan.title, tuple(self._blocks()))

    def _blocks(self) -> Iterator[Block]:
        for sheet in self.sheets:
            yield Heading((sheet.student or f"Form {sheet.form}",))
            yield from sheet.blocks()


@dataclass(frozen=True)
class Key(Formats):
    """The answer key of a sheet, or of every student's copy: final answers in a table, then the full working."""

    sheets: tuple[Sheet, ...]

    def page(self) -> Page:
        """The key as a page."""
        return Page("Answer key", tuple(self._blocks()))

    def _blocks(self) -> Iterator[Block]:
        many = len(self.sheets) > 1
        for sheet in self.sheets:
            yield Prose((f"{_whose(sheet)}{stamp(sheet)}",))
        yield Heading(("Final answers",))
        yield self._table(many)
        for sheet in self.sheets:
            before = f"{_whose(sheet) or f'Form {sheet.form}: '}" if many else ""
            for each in sheet.prints:
                yield Heading((f"{before}{each.heading}",))
                yield from each.key

    def _table(self, many: bool) -> Table:
        rows: list[tuple[Text, ...]] = []
        for sheet in self.sheets:
            whose: tuple[Text, ...] = ((sheet.student or sheet.form,),) if many else ()
            rows += [(*whose, (each.number,), each.answers, (str(each.points),)) for each in sheet.prints]
        headers: list[Text] = [("problem",), ("answers",), ("points",)]
        return Table((("copy",), *headers) if many else tuple(headers), tuple(rows))

    def to_json(self) -> dict[str, Any]:
        """The problems with their solutions as plain data; of several copies a list of them."""
        return copies_data([set_data(s, [problem_data(p, solved=True) for p in s.problems]) for s in self.sheets])


def make(plan: Plan, pool: Pool, student: str = "", copy: str = "", space: str = "lines") -> Sheet:
    """A sheet; copies have the same forms of problems with other numbers.

    Raises DlsolveError for wishes that no numbers fulfil.
    """
    work = Work(plan, (Copy(student, copy),))
    problems = tuple(work.posed(index, pool) for index in range(work.count))
    prints = tuple(printed(problem, plan.instructions) for problem in problems)
    return Sheet(prints, plan, plan.form(copy), student, space, problems)


def stamp(sheet: Sheet) -> str:
    """Form id, seed and version."""
    return f"Form {sheet.form}, seed {sheet.plan.seed}, dlsolve {__version__}"


def set_data(sheet: Sheet, problems: Sequence[Any]) -> dict[str, Any]:
    """A sheet in JSON."""
    student = {"student": sheet.student} if sheet.student else {}
    origin = {"dlsolve": __version__, "version": 1, "form": sheet.form, "seed": sheet.plan.seed, **student}
    return {**origin, "problems": list(problems)}


def copies_data(copies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Several sheets in JSON."""
    return copies[0] if len(copies) == 1 else {"copies": list(copies)}


def _room(space: str, points: int) -> Iterator[Block]:
    """Room to work: lines by the points, or half a page or a page left empty."""
    count = min(max(points, 4), 14) if space == "lines" else SPACES[space] // 2
    if count:
        filled = _RULE if space == "lines" else " "
        yield Picture(tuple(line for _ in range(count) for line in ("", filled)))


def _whose(sheet: Sheet) -> str:
    return f"{sheet.student}: " if sheet.student else ""
