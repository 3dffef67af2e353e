"""The page of a recurrent problem: question, counts, forward pass, error, back through time, update, answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..notation import Name
from ..topics.assembled import one_by_one
from ..topics.recurrent_names import name_of
from .blocks import Block, Equation, Lines, Page, Prose
from .lines import Lines as LineWriter
from .recurrent_backward import backward_blocks, update_blocks
from .recurrent_forward import count_blocks, forward_blocks
from .recurrent_question import question_blocks
from .recurrent_view import View
from .standard import results, section, sections, standard_page

if TYPE_CHECKING:
    from ..solution import Worked


def page(solution: Worked) -> Page:
    """The whole page of a recurrent problem, as its options ask for it."""
    plain = one_by_one(solution)
    return standard_page(
        plain,
        question_blocks(plain),
        lambda writer: _working(plain, writer),
        lambda writer: _answers(plain, writer),
    )


def _working(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if solution.asked or solution.options.everything or solution.options.until is not None:
        yield from sections(solution, writer)
        return
    view = View(solution, writer)
    yield from count_blocks(view)
    yield from forward_blocks(view)
    yield from section(solution, writer, "Error")
    if "E" in solution.working:
        yield from backward_blocks(view)
    if view.problem.learns:
        yield from update_blocks(view)
    if view.left_out:
        yield Prose(("--all shows every line, --find one quantity with all that it needs; the JSON holds everything.",))


def _answers(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if solution.asked:
        yield from results(writer, solution.asked)
        return
    view = View(solution, writer)
    yield Lines(tuple(_listed(view)))
    if view.problem.has_target:
        new = " and all new weights" if view.problem.learns else ""
        yield Prose((f"The gradients{new} stand in the tables above.",))


def _listed(view: View) -> Iterator[Equation]:
    """The last states, the outputs, the error; gradients and new weights stand above."""
    problem, last = view.problem, view.problem.steps
    for one in problem.recurrences:
        time = 1 if one.backwards else last
        for letter in ("h", "c") if one.cell_state else ("h",):
            keys = view.keys(letter + one.tag, time, one.size)
            yield Equation(name_of(f"{letter}{one.tag}_{time}"), (view.vector(keys),), keys=tuple(keys))
    if problem.output:
        for time in problem.output_times[-3:]:
            keys = view.keys("y", time, problem.output.size)
            yield Equation(name_of(f"y_{time}"), (view.vector(keys),), keys=tuple(keys))
    if problem.has_target:
        yield Equation(Name("E"), (view.number("E"),), key="E")
    yield Equation(view.working.name("parameters"), (view.number("parameters"),), key="parameters")
