"""What a gradient-descent page says in words: what the gradient asks for, overshoot, divergence, which minimum."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import dist
from typing import TYPE_CHECKING

from .. import notation as n
from ..notation import Name
from ..topics.descent_names import variable
from ..topics.stationary import SECTION, Found, Point
from .blocks import Block, Equation, Heading, Inline, Lines, Prose
from .lines import Lines as LineWriter

if TYPE_CHECKING:
    from ..solution import Worked

_NOTHING = 1e-12
_FLAT = 1e-6


def read_out(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """Which way each component of the gradient, or of the average, asks its variable to go."""
    problem = solution.problem
    yield Prose(("The gradient points uphill; f falls fastest against it:",))
    for name in problem.variables:
        yield Prose(tuple(_component(solution, name)))
    for key in (key for key in solution.shown_keys if key.startswith("ratio_")):
        yield Lines((ratio_line(writer, key),))
        yield Prose(_times(solution, writer, key))


def ratio_line(writer: LineWriter, key: str) -> Equation:
    """The line of a ratio, whose name is its formula."""
    found = writer.equation(key)
    return Equation(found.left, found.rights[1:], key=key) if found.rights[0] == found.left else found


def _component(solution: Worked, name: str) -> Iterator[Inline]:
    slope = solution.full_values.number(f"df/d{name}[0]")
    yield n.Partial(Name("f"), variable(name), straight=len(solution.problem.variables) == 1)
    if abs(slope) < _NOTHING:
        yield " is 0: a small change of "
        yield variable(name)
        yield " changes f by nothing (to first order); this component asks for no change."
        return
    way = "positive: f grows with " if slope > 0 else "negative: f falls as "
    yield f" is {way}"
    yield variable(name)
    yield ", so make it smaller." if slope > 0 else " grows, so make it larger."


def _times(solution: Worked, writer: LineWriter, key: str) -> tuple[Inline, ...]:
    larger, smaller = _pair(solution, key)
    return (
        "A small change of ",
        variable(larger),
        " changes f ",
        writer.number(key),
        " times as much as the same change of ",
        variable(smaller),
        ".",
    )


def _pair(solution: Worked, key: str) -> tuple[str, str]:
    used = solution.working.steps[key].uses
    names = [name for name in solution.problem.variables if f"df/d{name}[0]" in used]
    first = names[0] if key == f"ratio_{names[0]}_{names[1]}" else names[1]
    return first, names[1] if first == names[0] else names[0]


def wishes(solution: Worked) -> Iterator[Block]:
    """Which way the samples on average ask each parameter to go, and what batches do to the average."""
    problem, numbers = solution.problem, solution.full_values
    for name in problem.variables:
        average = numbers.number(f"average_{name}") * (1 if problem.wishes else -1)
        way = "not to move" if abs(average) < _NOTHING else "larger" if average > 0 else "smaller"
        yield Prose((variable(name), f": on average the samples ask for it {_to_be(way)}."))
    if len(problem.batches) > 1:
        yield from _means(solution)


def _to_be(way: str) -> str:
    return way if way.startswith("not") else f"to be {way}"


def _means(solution: Worked) -> Iterator[Block]:
    """Whether the mean of the batches' means is the mean of all."""
    sizes = {len(batch) for batch in solution.problem.batches}
    if len(sizes) == 1:
        yield Prose(("All batches are of one size, so the mean of their means is the mean of all samples.",))
        return
    yield Prose(
        (
            "The batches differ in size, so the mean of their means is not the mean of all samples: "
            "a sample in a small batch counts for more. Both stand among the answers.",
        )
    )


def remarks(solution: Worked, writer: LineWriter, index: int, found: Found) -> Iterator[Block]:
    """What is to be seen in the steps of a run."""
    if not solution.problem.function:
        return
    tag, steps = solution.problem.tag(index), solution.problem.steps
    numbers = solution.full_values
    values = [numbers.number(f"f[{k}]{tag}") for k in range(steps + 1)]
    yield Heading(("What happened",), level=1 if len(solution.problem.runs) == 1 else 2)
    yield Prose(_moved(writer, values, tag, steps))
    if not solution.problem.data:
        yield from _overshoots(solution, tag)
    diverges = _diverges(values)
    if diverges:
        yield Prose(("It diverges: each step goes further up than the last. Take a smaller learning rate.",))
    elif steps > 1 and any(b > a for a, b in pairwise(values)):
        rises = [str(k) for k, (a, b) in enumerate(pairwise(values), 1) if b > a]
        yield Prose(
            (
                "On the way ",
                Name("f"),
                f" rose at step{'s' if len(rises) > 1 else ''} {_some(rises)}.",
            )
        )
    if found.points and not diverges:
        yield from _reached(solution, writer, tag, found)


def _some(items: list[str]) -> str:
    return ", ".join(items) if len(items) <= 8 else ", ".join(items[:8]) + f" and {len(items) - 8} more"


def _moved(writer: LineWriter, values: list[float], tag: str, steps: int) -> tuple[Inline, ...]:
    first, last = f"f[0]{tag}", f"f[{steps}]{tag}"
    if values[0] == values[-1]:
        return (Name("f"), " stayed at ", writer.number(last), ".")
    way = "fell" if values[-1] < values[0] else "rose"
    return (Name("f"), f" {way} from ", writer.number(first), " to ", writer.number(last), ".")


def _diverges(values: list[float]) -> bool:
    """f higher than at the start, and rising at the end."""
    tail = values[-3:]
    return len(values) > 2 and values[-1] > values[0] and all(b > a for a, b in pairwise(tail))


def _overshoots(solution: Worked, tag: str) -> Iterator[Block]:
    """Where a slope changed its sign: the step went over the bottom of the valley."""
    for name in solution.problem.variables:
        slopes = [solution.full_values.number(f"df/d{name}[{k}]{tag}") for k in range(solution.problem.steps + 1)]
        over = [str(k) for k in _crossings(slopes)]
        if over:
            slope = n.Partial(Name("f"), variable(name), straight=len(solution.problem.variables) == 1)
            yield Prose(
                (
                    "Overshoot: ",
                    slope,
                    f" changes its sign at step{'s' if len(over) > 1 else ''} {_some(over)}: there ",
                    variable(name),
                    " goes past the place where this slope is 0.",
                )
            )


def _crossings(slopes: list[float]) -> Iterator[int]:
    """The steps at which the slope has another sign than the last one that was not 0."""
    last = slopes[0]
    for k, slope in enumerate(slopes[1:], 1):
        if slope * last < 0:
            yield k
        last = slope or last


def _reached(solution: Worked, writer: LineWriter, tag: str, found: Found) -> Iterator[Block]:
    """The point where the gradient is 0 that a run has come nearest to."""
    problem, numbers = solution.problem, solution.full_values
    here, start = ([numbers.number(f"{name}[{k}]{tag}") for name in problem.variables] for k in (problem.steps, 0))
    gaps = {point: dist(here, _place(solution, point)) for point in found.points}
    near = min(gaps, key=lambda point: gaps[point])
    if gaps[near] >= dist(start, _place(solution, near)) and gaps[near] > _FLAT:
        return
    arrived = gaps[near] <= _FLAT * max(1.0, *map(abs, here))
    where = _coordinates(solution, writer, near)
    if arrived:
        yield Prose((f"It has reached the {_called(near, found)} (", *where, ")."))
    elif len(found.points) > 1:
        yield Prose(
            (f"Of the points where the gradient is 0 it ends nearest to the {_called(near, found)} (", *where, ").")
        )


def _coordinates(solution: Worked, writer: LineWriter, point: Point) -> Iterator[Inline]:
    """x = 1, y = 2."""
    for name, key in zip(solution.problem.variables, point.coordinates, strict=True):
        yield ", " if name != solution.problem.variables[0] else ""
        yield variable(name)
        yield " = "
        yield writer.number(key)


def _place(solution: Worked, point: Point) -> list[float]:
    return [solution.full_values.number(key) for key in point.coordinates]


def _called(point: Point, found: Found) -> str:
    kind = _KINDS[point.kind]
    return f"{kind} {point.letter}" if len(found.points) > 1 else f"{kind} of f"


_KINDS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "saddle": "saddle",
    "undecided": "point of zero gradient",
}


def where_it_is_flat(solution: Worked, writer: LineWriter, found: Found) -> Iterator[Block]:
    """The points where the gradient is 0, each with its kind and why."""
    if solution.asked and not any(SECTION in solution.working.steps[key].section for key in solution.shown_keys):
        return
    if not found.points:
        if found.reason:
            yield Heading((SECTION,))
            yield Prose((found.reason,))
        return
    yield Heading((SECTION,))
    yield Prose(("Set every slope to 0 and solve; the second derivatives say what stands there.",))
    for point in found.points:
        keys = [k for k in solution.shown_keys if solution.working.steps[k].section == f"{SECTION}: {point.letter}"]
        if keys:
            yield Lines(tuple(writer.equation(key) for key in keys))
            called = "an undecided point" if point.kind == "undecided" else f"a {point.kind}"
            yield Prose((f"{point.letter}: {point.why}: {called}.",))
