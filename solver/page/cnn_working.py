"""The working of a plan: each shape and count of each layer as a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .. import notation as n
from ..cnn.line import Line
from ..cnn.plan import PlannedLayer
from .blocks import Block, Equation, Heading, Lines, Prose
from .cnn_table import shape

if TYPE_CHECKING:
    from ..topics.cnn_shapes import Planned

_MOST_TERMS = 24
_WIDEST = 76


def working(solution: Planned, rows: Sequence[PlannedLayer]) -> Iterator[Block]:
    """The lines of the layers, or of each its parameters alone (brief); then how the totals are added."""
    if solution.options.brief:
        yield from _brief(solution, rows)
        return
    yield Heading(("Working",))
    known: dict[object, PlannedLayer] = {}
    again: list[tuple[PlannedLayer, PlannedLayer]] = []
    for each in rows:
        before = known.setdefault((id(each.layer), each.input), each)
        if before is not each and not solution.asked:
            again.append((each, before))
            continue
        yield from _like_before(again)
        again = []
        yield from _layer(solution, each)
    yield from _like_before(again)
    if not solution.asked:
        yield from _sums(solution)


def _layer(solution: Planned, each: PlannedLayer) -> Iterator[Block]:
    wanted = [line for line in solution.lines(each) if _is_wanted(solution, each.name, line.key)]
    first = solution.problem.channels_first
    where = f" ({each.trail[-1]})" if each.trail else ""
    change = f"{shape(each.input.size, first)} → {shape(each.output, first)}"
    title = f"{each.name}: {change}"
    yield Heading((title + where if len(title + where) <= _WIDEST else title,), level=2)
    yield Lines(tuple(equation(each.name, line) for line in wanted))
    for note in each.notes:
        yield Prose((f"{note[0].upper()}{note[1:]}.",))


def _is_wanted(solution: Planned, name: str, key: str) -> bool:
    return not solution.asked or name in solution.asked or f"{name}.{key}" in solution.asked


def equation(name: str, line: Line) -> Equation:
    """A worked line: its quantity, the formula, the numbers, the result."""
    return Equation(line.left, line.sides, reason=line.about, key=f"{name}.{line.key}")


def _like_before(again: list[tuple[PlannedLayer, PlannedLayer]]) -> Iterator[Block]:
    """Layers of a `repeat` on an input that was worked before."""
    if not again:
        return
    (first, model), (last, end) = again[0], again[-1]
    if len(again) == 1:
        yield Prose(
            (f"{first.name}: the lines of {model.name} again; only the receptive field grows (see the table).",)
        )
    else:
        yield Prose(
            (
                f"{first.name} to {last.name} ({len(again)} layers): the lines of {model.name} to {end.name} again; "
                "only the receptive fields grow (see the table).",
            )
        )


def _sums(solution: Planned) -> Iterator[Block]:
    """The totals as sums, where they are short enough to be read."""
    rows = list(solution.named.values())
    lines = [
        _sum("parameters", [each.parameters for each in rows if each.trainable]),
        _sum("MACs", [each.macs for each in rows]),
    ]
    found = tuple(line for line in lines if line is not None)
    if found:
        yield Heading(("All layers together",), level=2)
        yield Lines(found)


def _sum(what: str, numbers: list[int]) -> Equation | None:
    terms: list[n.Node] = [n.Number(f"{number:,}") for number in numbers if number]
    if not 2 <= len(terms) <= _MOST_TERMS:
        return None
    return Equation(n.Word(what), (n.total(terms), n.Number(f"{sum(numbers):,}")))


def _brief(solution: Planned, rows: Sequence[PlannedLayer]) -> Iterator[Block]:
    """One line for each layer that learns."""
    lines = [
        Equation(n.Word(each.name), line.sides, key=f"{each.name}.{line.key}")
        for each in rows
        if each.parameters
        for line in solution.lines(each)
        if line.key == "parameters"
    ]
    if lines:
        yield Heading(("Parameters",))
        yield Lines(tuple(lines))


def hint(solution: Planned, key: str) -> Iterator[Block]:
    """The next step only: its formula, no numbers."""
    layer, line = solution.line(key)
    yield Heading((f"Hint for {layer.name}: {line.about or line.key}",))
    yield Lines((Equation(line.left, line.sides[:1], key=key),))
