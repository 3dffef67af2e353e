"""The page of a convolution problem: question, shapes, layer by layer, gradients, update, answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import structs

from ..topics.assembled import flat, one_by_one
from .blocks import Block, Heading, Lines, Page, Prose, Table
from .convolution_backward import backward_blocks, slope_line
from .convolution_layers import LayerPages
from .convolution_question import question_blocks, shape_blocks
from .convolution_update import error_blocks, update_blocks
from .convolution_view import View, has_window, mapped
from .drawn import drawn
from .lines import Lines as LineWriter
from .standard import after_update, result, results, standard_page
from .verdict import verdict

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_LINES = 24


def page(solution: Worked) -> Page:
    """The whole page of a convolution problem, as its options ask for it."""
    plain = _shortened(one_by_one(solution))
    options = plain.options
    if options.brief and not (options.question or options.hint or plain.asked):
        return Page(plain.title, tuple(_brief(solution, plain)))
    return standard_page(
        plain,
        question_blocks(plain),
        lambda writer: _working(plain, writer),
        lambda writer: _answers(solution, plain, writer),
    )


def _shortened(solution: Worked) -> Worked:
    """The same solution, of very many gradients at kinks only some named."""
    check = solution.check
    if check is None or len(check.skipped) <= 4:
        return solution
    told = (*check.skipped[:3], f"and {len(check.skipped) - 3} others")
    return replace(solution, check=structs.replace(check, skipped=told))


def _brief(solution: Worked, plain: Worked) -> Iterator[Block]:
    """The question, one line of working for each list of answers, the answers."""
    beyond = {key: (plain.name(key), plain.text(key)) for key in plain.extra}
    writer = LineWriter(plain.working, plain.values, beyond)
    view = View(plain, writer)
    yield from question_blocks(plain)
    yield Heading(("Answers",))
    firsts = dict.fromkeys(flat(keys)[0] for keys in solution.grouped.values())
    yield Lines(tuple(slope_line(view, key) for key in firsts if key in plain.working.steps))
    yield from _answers(solution, plain, writer)
    yield Heading(("Check",))
    yield from verdict(plain)


def _working(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if solution.asked:
        yield from _asked(solution, writer)
        return
    view = View(solution, writer)
    yield from shape_blocks(view)
    pages = LayerPages(view)
    for layer in view.layers:
        yield from pages.blocks(layer)
    if len(mapped(solution)) > has_window(view.problem):
        yield drawn(solution, "maps", caption=("The output of each layer.",))
    if "E" in solution.working:
        yield from error_blocks(view)
        yield from backward_blocks(view)
    if view.problem.learns:
        yield from update_blocks(view)
        yield from after_update(solution, writer)
    left_out = view.left_out()
    if left_out:
        yield Prose((left_out,))


def _asked(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """What is asked for and what it rests on, in scalars; of very many lines of a section the first ones."""
    view = View(solution, writer)
    pages = LayerPages(view)
    steps = solution.working.steps
    sections: dict[str, list[str]] = {}
    for key in solution.shown_keys:
        sections.setdefault(steps[key].section, []).append(key)
    for name, keys in sections.items():
        yield Heading((name,))
        kept = keys if view.everything or len(keys) <= _MOST_LINES else keys[: _MOST_LINES // 2]
        kept = [key for key in keys if key in kept or key in solution.asked]
        for key in kept:
            yield from pages.picture_of(key, only=solution.asked)
        yield Lines(tuple(slope_line(view, key) for key in kept))
        if len(kept) < len(keys):
            yield Prose((f"… and {len(keys) - len(kept)} more lines of this kind; --all shows them.",))


def _answers(solution: Worked, plain: Worked, writer: LineWriter) -> Iterator[Block]:
    if plain.asked:
        yield from results(writer, plain.asked)
        return
    view = View(plain, writer)
    yield Lines(tuple(view.answers(solution.grouped)))
    if "E" not in plain.working:
        return
    yield Lines(tuple(result(writer, key) for key in ("E", "E'") if key in plain.working or key in plain.extra))
    rows = view.biases()
    if rows:
        headers = (("",), ("old",), ("gradient",), ("new",))[: len(rows[0])]
        cells = tuple(tuple((cell,) for cell in row) for row in rows)
        yield Table(headers, cells, right=frozenset({1, 2, 3}))
