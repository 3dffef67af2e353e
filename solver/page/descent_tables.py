"""The tables of a gradient-descent page: every step, the runs side by side, the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..notation import Name
from ..topics.descent_names import quantity, variable
from .blocks import Block, Heading, Prose, Table, Text
from .descent_question import run_words
from .lines import Lines as LineWriter

if TYPE_CHECKING:
    from ..solution import Worked

LONGEST = 30
"""Rows of a table that are all shown; of longer ones the first and the last."""
WIDEST = 6


def rows_shown(steps: int, everything: bool) -> list[int | None]:
    """The steps that a table shows; None where some are left out."""
    if everything or steps <= LONGEST:
        return list(range(steps + 1))
    return [*range(LONGEST - 10), None, *range(steps - 8, steps + 1)]


def _cell(writer: LineWriter, key: str) -> Text:
    return (writer.number(key),) if key in writer.values.texts else ("",)


def step_table(solution: Worked, writer: LineWriter, index: int) -> Iterator[Block]:
    """Every step of one run: the point, f and the gradient; then what the optimizer keeps."""
    problem, tag = solution.problem, solution.problem.tag(index)
    alone = len(problem.variables) == 1
    points = [(name, variable(name)) for name in problem.variables]
    value = [("f", Name("f"))] if problem.function else []
    slopes = [(f"df/d{name}", _slope(solution, name)) for name in problem.variables]
    if len(problem.runs) == 1 or solution.options.everything:
        yield Heading(("All steps",), level=1 if len(problem.runs) == 1 else 2)
        for columns in _fitting([*points, *value, *slopes]):
            yield _steps(solution, writer, tag, columns)
        if "look_ahead" in problem.runs[index].optimizer.form:
            yield Prose(("The slopes are those at the points looked ahead to; in the last row that of the point.",))
    kept = [
        (f"{letter}_{name}", quantity(letter, "" if alone else name))
        for letter in problem.runs[index].optimizer.states
        if letter != "P"
        for name in problem.variables
    ]
    if kept and problem.steps > problem.show_steps:
        yield Heading(("What the optimizer keeps",), level=2)
        for columns in _fitting(kept):
            yield _steps(solution, writer, tag, columns)


def _slope(solution: Worked, name: str) -> n.Node:
    alone = len(solution.problem.variables) == 1
    if solution.problem.gradients:
        return quantity("g", "" if alone else name)
    return n.Partial(Name("f"), variable(name), straight=alone and not solution.problem.data)


Columns = list[tuple[str, n.Node]]


def _fitting(columns: Columns) -> list[Columns]:
    return [columns[at : at + WIDEST] for at in range(0, len(columns), WIDEST)]


def _steps(solution: Worked, writer: LineWriter, tag: str, columns: Columns) -> Table:
    rows: list[tuple[Text, ...]] = []
    for k in rows_shown(solution.problem.steps, solution.options.everything):
        if k is None:
            rows.append((("…",), *((("…"),) for _ in columns)))
        else:
            rows.append(((str(k),), *(_cell(writer, f"{key}[{k}]{tag}") for key, _ in columns)))
    headers = (("k",), *((name,) for _, name in columns))
    return Table(headers, tuple(rows), frozenset(range(len(headers))))


def side_by_side(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """What each run comes to, update by update."""
    problem = solution.problem
    yield Heading(("Side by side",))
    names = [(name, variable(name)) for name in problem.variables]
    names += [("f", Name("f"))] if problem.function else []
    for key, shown in names:
        yield Prose((shown, " after k updates:"))
        headers = (("k",), *((f"run {i}",) for i in range(1, len(problem.runs) + 1)))
        rows: list[tuple[Text, ...]] = []
        for k in rows_shown(problem.steps, solution.options.everything):
            at = "…" if k is None else str(k)
            cells = [
                ("…",) if k is None else _cell(writer, f"{key}[{k}]{problem.tag(run)}")
                for run in range(len(problem.runs))
            ]
            rows.append(((at,), *cells))
        yield Table(headers, tuple(rows), frozenset(range(len(headers))))


def answer_table(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """The last values: a row for each run."""
    problem, last = solution.problem, solution.problem.steps
    names = [*problem.variables, *(["f"] if problem.function else [])]
    shown = [*map(variable, problem.variables), *([Name("f")] if problem.function else [])]
    labels: list[Text] = [(f"after {last} update{'s' if last > 1 else ''}",)]
    if len(problem.runs) > 1:
        labels = [(f"run {i + 1}: ", *run_words(problem, i)) for i in range(len(problem.runs))]
    rows = tuple(
        (label, *(_cell(writer, f"{name}[{last}]{problem.tag(run)}") for name in names))
        for run, label in enumerate(labels)
    )
    yield Table((("",), *((name,) for name in shown)), rows, frozenset(range(1, len(names) + 1)))
