"""The pictures of gradient descent: the way down on lines of equal height, or on the curve of one variable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from ..errors import NotAsked
from ..page.descent_pictures import Function, function_of, has_way, points_of, view
from ..spec.descent import Descent
from ..topics.descent_names import variable
from .boxes import Point
from .chart import Chart, span
from .curve import error_curve
from .drawing import Drawing, Drawings
from .levels import level_lines

if TYPE_CHECKING:
    from ..solution import Worked

_STEPS = 200
_TONES = ("warm", "accent", "ink", "soft")
_DASHES = ("", "7 4", "2 3")


def drawings(solution: Worked, find: tuple[str, ...]) -> Drawings:
    """path, curve. Raises NotAsked where there is no function of one or two variables, and no run."""
    found = dict(_each(solution))
    if not found:
        raise NotAsked("there is no picture of this problem: it has no descent of a function of one or two variables")
    return found


def _each(solution: Worked) -> Iterator[tuple[str, Callable[[], Drawing]]]:
    problem: Descent = solution.problem
    if has_way(problem):
        draw = _on_curve if len(problem.variables) == 1 else _on_contours
        yield "path", partial(draw, solution, function_of(problem))
    if len(solution.history) > 1:
        yield "curve", partial(error_curve, solution.history, variable("f"), "updates")


def _on_curve(solution: Worked, function: Function) -> Drawing:
    """The curve of f with the points of each run."""
    ways = [[x for (x,) in points_of(solution, run)] for run in range(len(solution.problem.runs))]
    left, right = span([x for (x,) in view(solution, [[(x,) for x in way] for way in ways])], 0.25)
    xs = [left + (right - left) * i / _STEPS for i in range(_STEPS + 1)]
    curve = [(x, y) for x in xs if (y := function(x)) == y]
    low, high = span([y for _, y in curve])
    chart = Chart(Drawing(solution.title, "The function and the points of the descent."), left, right, low, high)
    chart.axes((variable(solution.problem.variables[0]),), (variable("f"),))
    chart.curve(curve, "soft")
    for number, way in enumerate(ways):
        _points(chart, [(x, function(x)) for x in way], number)
    _legend(chart, len(ways))
    return chart.drawing


def _on_contours(solution: Worked, function: Function) -> Drawing:
    """Lines of equal height with the way of each run."""
    ways = [[(x, y) for x, y in points_of(solution, run)] for run in range(len(solution.problem.runs))]
    (left, right), (low, high) = (span(axis, 0.35) for axis in zip(*view(solution, ways), strict=True))
    chart = Chart(Drawing(solution.title, "Lines of equal height and the way down."), left, right, low, high)
    first, second = map(variable, solution.problem.variables)
    chart.axes((first,), (second,))
    level_lines(chart, function, [point for way in ways for point in (way if len(way) <= 60 else way[::8])])
    for number, way in enumerate(ways):
        _points(chart, way, number)
    _legend(chart, len(ways))
    return chart.drawing


def _points(chart: Chart, way: list[Point], number: int) -> None:
    tone, dash = _TONES[number % 4], _DASHES[number // 4 % 3]
    chart.curve(way, tone, 1.6, dash)
    for x, y in way if len(way) <= 60 else (way[0], way[-1]):
        chart.drawing.circle(chart.at(x, y), 3, "none", tone)
    chart.drawing.circle(chart.at(*way[0]), 6, tone, "paper", 2)


def _legend(chart: Chart, runs: int) -> None:
    if runs > 1:
        chart.legend(((f"run {i + 1}",), _TONES[i % 4], _DASHES[i // 4 % 3]) for i in range(runs))
