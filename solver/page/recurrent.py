"""The page of a recurrent problem: question, counts, forward pass, error, back through time, update, answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..topics.assembled import one_by_one
from ..topics.recurrent_names import name_of
from .blocks import Block, Equation, Heading, Lines, Page, Prose
from .lines import Lines as LineWriter
from .recurrent_backward import backward_blocks, update_blocks
from .recurrent_forward import count_blocks, forward_blocks
from .recurrent_question import question_blocks
from .recurrent_view import View, first_units
from .standard import after_update, result, results, section, sections, standard_page

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_SHOWN, _MOST_ENDS, _MOST_LINES = 150, 2, 16  # lines in all, sections at each end, lines of a section


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
    if solution.options.everything or solution.options.until is not None:
        yield from sections(solution, writer)
        return
    if solution.asked:
        yield from _asked(solution, writer)
        return
    view = View(solution, writer)
    yield from count_blocks(view)
    yield from forward_blocks(view)
    yield from section(solution, writer, "Error")
    if "E" in solution.working:
        yield from backward_blocks(view)
    if view.problem.learns:
        yield from update_blocks(view)
        yield from after_update(solution, writer)
    if view.left_out:
        yield Prose(("--all shows every line, --find one quantity with all that it needs; the JSON holds everything.",))


def _asked(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """What is asked for and what it rests on; of many times the first and the last, of many lines the first."""
    found: dict[str, list[str]] = {}
    for key in solution.shown_keys:
        found.setdefault(solution.working.steps[key].section, []).append(key)
    view = View(solution, writer)
    small = len(solution.shown_keys) <= _MOST_SHOWN
    names = list(found)
    wanted = {solution.working.steps[key].section for key in solution.asked if key in solution.working.steps}
    near = names if small or len(names) <= 2 * _MOST_ENDS else [*names[:_MOST_ENDS], *names[-_MOST_ENDS:]]
    for name in names:
        if name not in near and name not in wanted and name != "Error":
            continue
        keys = found[name] if small else first_units(found[name])[:_MOST_LINES]
        kept = [key for key in found[name] if key in keys or key in solution.asked]
        yield Heading((name,))
        yield Lines(tuple(writer.equation(key) if small else view.line(key) for key in kept))
        if len(kept) < len(found[name]):
            yield Prose((f"… and {len(found[name]) - len(kept)} more lines of this kind.",))
    if not small:
        yield Prose(("Times between are left out; --all shows every line, the JSON holds everything.",))


def _answers(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if solution.asked:
        yield from results(writer, solution.asked)
        return
    view = View(solution, writer)
    yield Lines(tuple(_listed(view, solution)))
    if view.problem.has_target:
        new = " and all new weights" if view.problem.learns else ""
        yield Prose((f"The gradients{new} stand in the tables above.",))


def _listed(view: View, solution: Worked) -> Iterator[Equation]:
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
        yield from (result(view.writer, key) for key in ("E", "E'") if key in solution.working or key in solution.extra)
    yield Equation(view.working.name("parameters"), (view.number("parameters"),), key="parameters")
