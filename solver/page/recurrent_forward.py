"""The forward pass on the page: the first time in full, then every gate at every time as a table."""

from __future__ import annotations

from collections.abc import Iterator

from ..topics.recurrent_counts import PARAMETERS
from .blocks import Block, Heading, Lines, Prose
from .recurrent_view import Row, View, first_units, letters_of


def count_blocks(view: View) -> Iterator[Block]:
    """How many parameters the model has, as a table of shapes would count them."""
    keys = [key for key, step in view.working.steps.items() if step.section == PARAMETERS]
    yield Heading((PARAMETERS,))
    yield Lines(tuple(view.line(key) for key in keys))


def sections_of(view: View, start: str) -> dict[str, list[str]]:
    """The keys of every section whose heading starts so, in order."""
    found: dict[str, list[str]] = {}
    for key, step in view.working.steps.items():
        if step.section.startswith(start):
            found.setdefault(step.section, []).append(key)
    return found


def forward_blocks(view: View) -> Iterator[Block]:
    """All of the forward pass."""
    sections = sections_of(view, "Forward pass")
    whole = view.is_short(sections)
    shown = set(sections) if whole else _first(view, sections)
    yield Heading(("Forward pass",))
    for name, keys in sections.items():
        if name in shown:
            kept = keys if whole else first_units(keys)
            yield Heading((name.partition(": ")[2].capitalize(),), level=2)
            yield Lines(tuple(view.lines(kept)))
            if len(kept) < len(keys):
                yield Prose(("The other units go the same way, each with its own row of weights.",))
    if view.problem.steps == 1 and whole:
        return
    yield Heading(("Every time" if view.problem.steps > 1 else "Every unit",), level=2)
    if not whole:
        view.left_out = True
        if view.problem.steps > 1:
            yield Prose(("The other times go the same way, each with the hidden state of the time before.",))
    yield view.by_time(list(_rows(view)), view.times)


def _first(view: View, sections: dict[str, list[str]]) -> set[str]:
    """The first time of every direction, and the last output."""
    found: dict[str, str] = {}
    for name in sections:
        found.setdefault(name.rpartition("time ")[0], name)
    return set(found.values())


def _rows(view: View) -> Iterator[Row]:
    """Every vector that is worked, in the order of one time."""
    problem = view.problem
    sizes = [(letter, gate.size) for gate in problem.input_layers for letter in (f"in_{gate.letter}", gate.letter)]
    sizes += [(letter, one.size) for one in problem.recurrences for letter in letters_of(one, problem.cell)]
    behind = (*problem.output_layers, *((problem.output,) if problem.output else ()))
    sizes += [(letter, gate.size) for gate in behind for letter in (f"in_{gate.letter}", gate.letter)]
    for letter, size in sizes:
        yield from view.rows(letter, size, view.times, most=view.units(len(sizes)))
