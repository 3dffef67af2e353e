"""A practice sheet and its key, from one seed; both are pages, so that every format spells them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from solver.formats import Formats
from solver.page.blocks import Block, Heading, Page, Picture, Prose, Table, Text
from solver.page.points import spelled
from solver.version import __version__

from .answers import final_answers
from .marks import marks
from .plan import Plan
from .posed import Pool, Posed
from .tables import empty_tables, is_detective

SPACES = {"none": 0, "lines": 8, "half": 22, "page": 48}
_RULE = "_" * 70
_ROUNDING = Prose(
    ("Numbers are shown to 4 decimals (4 digits below 0.1), half up; values are carried in full from line to line.",)
)


@dataclass(frozen=True)
class Sheet(Formats):
    """Problems to work on: title, name field, instructions, questions, space.

    form:    the form id, which the key has too
    student: whose copy it is, '' for anyone's
    space:   'none', 'lines', 'half' or 'page': room below each problem
    """

    problems: tuple[Posed, ...]
    plan: Plan
    form: str
    student: str = ""
    space: str = "lines"

    @property
    def points(self) -> int:
        """The points of all problems."""
        return sum(problem.points for problem in self.problems)

    @property
    def key(self) -> Key:
        """The answer key."""
        return Key((self,))

    def page(self) -> Page:
        """The sheet as a page."""
        return Page(self.plan.title, tuple(self._blocks()))

    def _blocks(self) -> Iterator[Block]:
        name = self.student or "_" * 24
        yield Prose((f"Name: {name}     Date: {'_' * 10}     Points: {'_' * 4} of {self.points}",))
        yield Prose((stamp(self),))
        yield Prose((self.plan.instructions,))
        for problem in self.problems:
            yield Heading((_heading(problem),))
            yield from lowered(_question(problem, self.plan))
            yield from _parts(problem)
            yield from empty_tables(problem)
            yield from _room(self.space)

    def to_json(self) -> dict[str, Any]:
        """The problems as plain data, see the interface."""
        return {**_origin(self), "problems": [_data(problem) for problem in self.problems]}


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
            for problem in sheet.problems:
                before = f"{_whose(sheet) or f'Form {sheet.form}: '}" if many else ""
                yield Heading((f"{before}{_heading(problem)}",))
                if problem.note:
                    yield Prose((problem.note,))
                yield from lowered(marks(problem).page.blocks)

    def _table(self, many: bool) -> Table:
        rows: list[tuple[Text, ...]] = []
        for sheet in self.sheets:
            for problem in sheet.problems:
                whose: tuple[Text, ...] = ((sheet.student or sheet.form,),) if many else ()
                rows.append((*whose, (problem.number,), final_answers(problem), (str(problem.points),)))
        headers: list[Text] = [("problem",), ("answers",), ("points",)]
        return Table((("copy",), *headers) if many else tuple(headers), tuple(rows))

    def to_json(self) -> dict[str, Any]:
        """The problems with their solutions as plain data; of several copies a list of them."""
        copies = [
            {**_origin(s), "problems": [{**_data(p), "solution": p.solution.to_json()} for p in s.problems]}
            for s in self.sheets
        ]
        return copies[0] if len(copies) == 1 else {"copies": copies}


def make(plan: Plan, pool: Pool, student: str = "", copy: str = "", space: str = "lines") -> Sheet:
    """A sheet; copies have the same forms of problems with other numbers.

    Raises DlsolveError for wishes that no numbers fulfil.
    """
    problems = []
    for index, entry in enumerate(plan.entries):
        form = f"{__version__}/{plan.seed}/{index}/{entry.decides}"
        problems.append(pool.pose(str(index + 1), entry, (form, f"{form}/{copy}")))
    return Sheet(tuple(problems), plan, plan.form(copy), student, space)


def stamp(sheet: Sheet) -> str:
    """Form id, seed and version."""
    return f"Form {sheet.form}, seed {sheet.plan.seed}, dlsolve {__version__}"


def lowered(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks with their headings below the problem's."""
    for block in blocks:
        yield Heading(block.text, 2) if isinstance(block, Heading) else block


def _heading(problem: Posed) -> str:
    return f"Problem {problem.number}: {problem.solution.title} ({spelled(problem.points)})"


def _question(problem: Posed, plan: Plan) -> tuple[Block, ...]:
    """The blocks of the question, without the rounding rule where the instructions state it."""
    blocks = problem.question()
    if "round every line to 4 decimals (4 digits below 0.1)" not in plan.instructions:
        return blocks
    return tuple(block for block in blocks if block != _ROUNDING)


def _parts(problem: Posed) -> Iterator[Block]:
    """The parts of the working with their points, where the spec does not say what is worth how much."""
    points = problem.solution.options.points
    parts = marks(problem).parts
    if parts and not (points and points.awards) and not is_detective(problem):
        pairs = zip(ascii_lowercase, parts.items(), strict=False)
        listed = [f"{letter}) {name} ({spelled(each)})" for letter, (name, each) in pairs]
        yield Prose((f"Parts: {', '.join(listed)}.",))


def _room(space: str) -> Iterator[Block]:
    if SPACES[space]:
        filled = _RULE if space == "lines" else ""
        yield Picture(tuple(line for _ in range(SPACES[space] // 2) for line in ("", filled or " ")))


def _whose(sheet: Sheet) -> str:
    return f"{sheet.student}: " if sheet.student else ""


def _origin(sheet: Sheet) -> dict[str, Any]:
    student = {"student": sheet.student} if sheet.student else {}
    return {"dlsolve": __version__, "version": 1, "form": sheet.form, "seed": sheet.plan.seed, **student}


def _data(problem: Posed) -> dict[str, Any]:
    from solver.render.text import render

    page = Page(problem.spec.get("title") or problem.kind, problem.question())
    return {
        "id": problem.number,
        "kind": problem.kind,
        "points": problem.points,
        "spec": problem.spec,
        "question": render(page, 80, False),
    }
