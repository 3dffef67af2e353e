"""The pictures of a descent: the way on the curve of f or on lines of equal height; else f over the updates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import dist
from typing import TYPE_CHECKING

from sympy import lambdify

from ..algebra import symbol
from ..render.spelling import spell
from ..spec.descent import Descent
from ..spec.expression import expression
from ..topics.descent_names import variable
from .blocks import Block, Heading
from .drawn import drawn
from .history import curve
from .plot import Marks, heights, plot, sampled, wider

if TYPE_CHECKING:
    from ..solution import Worked

Function = Callable[..., float]

_MOST_SIGNS, _SIGNS = 10, "0123456789"
_FAR = 40  # times as far as a run goes


def descent_pictures(solution: Worked) -> Iterator[Block]:
    """One picture: of the way where the function can be drawn, else of its values."""
    problem: Descent = solution.problem
    if has_way(problem):
        yield Heading(("The way down",))
        yield drawn(solution, "path", _way(solution))
    elif len(solution.history) > 2:
        yield Heading(("The way down",))
        yield drawn(solution, "curve", curve(solution.history, "updates"))


def has_way(problem: Descent) -> bool:
    """Whether there are runs down a function of one or two variables."""
    return bool(problem.runs and problem.function and not problem.data) and len(problem.variables) <= 2


def function_of(problem: Descent) -> Function:
    """The function as numbers; nan where it has no value."""
    names = list(problem.variables)
    compiled = lambdify([symbol(name) for name in names], expression(problem.function, names), "math")

    def at(*values: float) -> float:
        try:
            return float(compiled(*values))
        except (ArithmeticError, ValueError, TypeError):  # TypeError: a root of a negative number is complex
            return float("nan")

    return at


def points_of(solution: Worked, run: int) -> list[tuple[float, ...]]:
    """The points of a run."""
    problem: Descent = solution.problem
    return [
        tuple(solution.number(f"{name}[{k}]{problem.tag(run)}") for name in problem.variables)
        for k in range(problem.steps + 1)
    ]


def view(solution: Worked, ways: Sequence[Sequence[tuple[float, ...]]]) -> list[tuple[float, ...]]:
    """What a picture has to show: the points of the runs, and where the gradient is 0 not too far from them."""
    points = [point for way in ways for point in way]
    size = max(dist(points[0], point) for point in points)
    names = solution.problem.variables
    flat = []
    for letter in ("P", *(f"P{k}" for k in range(1, 10))):
        if all(f"{name}_{letter}" in solution.working for name in names):
            flat.append(tuple(solution.number(f"{name}_{letter}") for name in names))
    return [*points, *(point for point in flat if dist(points[0], point) <= _FAR * size)]


def _way(solution: Worked) -> tuple[str, ...]:
    """The points by the number of their update (of several runs by the number of the run)."""
    problem, function = solution.problem, function_of(solution.problem)
    runs = [points_of(solution, run) for run in range(len(problem.runs))]
    alone = len(runs) == 1
    said = "digits: the point after so many updates" if alone else "digits: the points of that run"
    names = [spell(variable(name)) for name in problem.variables]
    if len(problem.variables) == 2:
        marks = [each for i, way in enumerate(runs) for each in _marked([(x, y) for x, y in way], i + 1, alone)]
        frame = [wider(axis, 0.35) for axis in zip(*view(solution, runs), strict=True)]
        lines = heights(function, marks, (*frame[0], *frame[1]), *names)
        return (*lines, f"{said}; the denser the signs, the higher f")
    ways = [[(x, function(x)) for (x,) in way] for way in runs]
    left, right = wider([x for (x,) in view(solution, runs)], 0.25)
    marks = [each for i, way in enumerate(ways) for each in _marked(way, i + 1, alone)]
    return (*plot([Marks("·", sampled(function, left, right)), *marks], names[0], "f"), said)


def _marked(way: list[tuple[float, float]], run: int, alone: bool) -> Iterator[Marks]:
    """The last points first, so that where two share a place the earlier one is read."""
    if not alone:
        yield Marks(str(run % 10), way)
        return
    shown = way if len(way) <= _MOST_SIGNS else [*way[: _MOST_SIGNS - 1]]
    if len(way) > _MOST_SIGNS:
        yield Marks("o", way[_MOST_SIGNS - 1 :])
    yield from (Marks(_SIGNS[k], [shown[k]]) for k in reversed(range(len(shown))))
