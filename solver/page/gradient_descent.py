"""The page of a gradient-descent problem: question, gradient by hand, steps, tables, what it all says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..algebra import symbol
from ..differentiate import derivation
from ..formula import written
from ..notation import Name
from ..spec.descent import Descent
from ..spec.expression import expression
from ..topics.descent_names import variable
from ..topics.stationary import Found
from .blocks import Block, Equation, Heading, Lines, Page
from .descent_pictures import descent_pictures
from .descent_question import question_blocks, run_words
from .descent_remarks import ratio_line, read_out, remarks, where_it_is_flat, wishes
from .descent_tables import answer_table, side_by_side, step_table
from .lines import Lines as LineWriter
from .standard import results, standard_page

if TYPE_CHECKING:
    from ..solution import Worked


def page(solution: Worked, found: Found) -> Page:
    """The whole page, as its options ask for it."""
    return standard_page(
        solution,
        question_blocks(solution.problem, solution),
        lambda writer: _working(solution, found, writer),
        lambda writer: _answers(solution, writer),
    )


def _working(solution: Worked, found: Found, writer: LineWriter) -> Iterator[Block]:
    problem = solution.problem
    if _speaks_of_slopes(solution):
        yield from _by_hand(solution)
    if problem.samples:
        yield from _sections(solution, writer, _averages(solution))
        yield from () if solution.asked else wishes(solution)
    elif not problem.runs:
        yield from _at_point(solution, writer)
    for index in range(len(problem.runs)):
        yield from _run(solution, writer, index, found)
    if len(problem.runs) > 1 and not solution.asked:
        yield from side_by_side(solution, writer)
    if not solution.asked:
        yield from descent_pictures(solution)
    yield from where_it_is_flat(solution, writer, found)


def _at_point(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    yield from _sections(solution, writer, [("Gradient", "At the point")])
    if not solution.asked:
        yield Heading(("What it says",))
        yield from read_out(solution, writer)
        return
    keys = [key for key in solution.shown_keys if key.startswith("ratio_")]
    if keys:
        yield Lines(tuple(ratio_line(writer, key) for key in keys))


def _speaks_of_slopes(solution: Worked) -> bool:
    rules = {solution.working.steps[key].rule for key in solution.shown_keys}
    return bool(solution.problem.function) and "slope" in rules


def _by_hand(solution: Worked) -> Iterator[Block]:
    """Each partial derivative that a shown line uses, line by line with its rules."""
    problem: Descent = solution.problem
    used = {key.partition("[")[0] for key in solution.shown_keys}
    data = list(problem.data[0]) if problem.data else []
    function = expression(problem.function, [*problem.variables, *data])
    yield Heading(("The gradient by hand",))
    for name in (name for name in problem.variables if f"df/d{name}" in used):
        first, *rest = derivation(function, symbol(name))
        left = n.Partial(Name("f"), variable(name), straight=len(problem.variables) + len(data) == 1)
        lines = [Equation(left, (written(first.formula, variable),))]
        lines += [Equation(None, (written(line.formula, variable),), reason=_reason(line.rules)) for line in rest]
        yield Lines(tuple(lines))


def _reason(rules: tuple[str, ...]) -> str:
    return ", ".join(rule.replace("_", " ") for rule in rules)


def _averages(solution: Worked) -> list[tuple[str, str]]:
    names = dict.fromkeys(
        step.section for step in solution.working.steps.values() if step.section.startswith("Average")
    )
    return [(name, name) for name in names]


def _sections(solution: Worked, writer: LineWriter, names: list[tuple[str, str]]) -> Iterator[Block]:
    """The lines of these sections of the Working, each under its heading."""
    for name, heading in names:
        keys = [key for key in solution.shown_keys if solution.working.steps[key].section == name]
        if keys:
            yield Heading((heading,))
            yield Lines(tuple(writer.equation(key) for key in keys))


def _run(solution: Worked, writer: LineWriter, index: int, found: Found) -> Iterator[Block]:
    """One descent: the first steps line by line, all steps in a table, and what is to be seen in it."""
    problem = solution.problem
    if len(problem.runs) > 1:
        yield Heading((f"Run {index + 1}: ", *run_words(problem, index)))
    shown = problem.steps if _in_full(solution) else problem.show_steps
    for k in range(1, min(problem.steps, shown) + 1):
        yield from _step(solution, writer, index, k)
    if not solution.asked:
        yield from step_table(solution, writer, index)
        yield from remarks(solution, writer, index, found)
    else:
        yield from _end(solution, writer, index)


def _in_full(solution: Worked) -> bool:
    """Whether every line is shown: all of them, those asked for, or all up to one."""
    options = solution.options
    return bool(solution.asked) or options.until is not None or options.everything


def _end(solution: Worked, writer: LineWriter, index: int) -> Iterator[Block]:
    name = _section(solution.problem, index, "At the last point")
    yield from _sections(solution, writer, [(name, "At the last point")])


def _section(problem: Descent, index: int, name: str) -> str:
    return f"{name} of run {index + 1}" if len(problem.runs) > 1 else name


def _step(solution: Worked, writer: LineWriter, index: int, k: int) -> Iterator[Block]:
    """The lines of one update; a step that the new value's line spells out again is left away."""
    steps, problem = solution.working.steps, solution.problem
    names = {_section(problem, index, f"Step {k}"), *({_section(problem, index, "At the start")} if k == 1 else ())}
    keys = [key for key in solution.shown_keys if steps[key].section in names]
    used = {used for key in keys for used in steps[key].uses}
    keys = [key for key in keys if steps[key].rule != "change" or key in used or key in solution.asked]
    if len(problem.data) > 1 and not (k == 1 and index == 0) and not _in_full(solution):
        keys = [key for key in keys if not key.startswith("f")]  # averages over the samples stand in the table
    if keys:
        yield Heading((f"Step {k}",), level=1 if len(problem.runs) == 1 else 2)
        yield Lines(tuple(writer.equation(key) for key in keys))


def _answers(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if solution.asked or not solution.problem.runs:
        yield from results(writer, solution.answer_keys)
        extra = [key for name in _MORE for key in _flat(solution.grouped.get(name, ()))]
        if not solution.asked:
            yield from results(writer, [key for key in extra if key not in solution.answer_keys])
    else:
        yield from answer_table(solution, writer)


_MORE = ("gradient", "batch_averages", "mean_of_batch_averages")


def _flat(keys: object) -> list[str]:
    if isinstance(keys, str):
        return [keys]
    return [key for each in keys for key in _flat(each)] if isinstance(keys, tuple) else []
