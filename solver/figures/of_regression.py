"""The pictures of linear and logistic regression: the line or the boundary with the samples, the error curve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from ..errors import NotAsked
from ..notation import Name
from ..page.regression_curves import class_of, line_of, probability_of, samples_of, slope_and_intercept
from .chart import Chart, number, span
from .curve import error_curve
from .drawing import Drawing, Drawings
from .plane import Sample, line, plane

if TYPE_CHECKING:
    from ..solution import Worked


def drawings(solution: Worked, find: tuple[str, ...]) -> Drawings:
    """line, curve. Raises NotAsked where there is neither."""
    found = dict(_each(solution))
    if not found:
        raise NotAsked("there is no picture of this problem: it has more features than a plane")
    return found


def _each(solution: Worked) -> Iterator[tuple[str, Callable[[], Drawing]]]:
    features = len(solution.problem.samples.x[0])
    if solution.kind == "linear-regression":
        if features == 1:
            yield "line", partial(_line, solution)
    elif features == 1 and len(solution.problem.classes) == 2:
        yield "line", partial(_probability, solution)
    elif features == 2:
        yield "plane", partial(_plane, solution)
    if len(solution.history) > 1:
        yield "curve", partial(error_curve, solution.history, Name("E"))


def _line(solution: Worked) -> Drawing:
    slope, still = slope_and_intercept(solution)
    sign = "−" if still < 0 else "+"
    said = ("ŷ = ", f"{number(slope)} x {sign} {number(abs(still))}" if still else f"{number(slope)} x")
    return line(solution.title, samples_of(solution.problem), line_of(solution), ((Name("x"),), (Name("y"),)), said)


def _probability(solution: Worked) -> Drawing:
    """The probability of class 1 over the one feature, and where it passes the threshold."""
    points, probability = samples_of(solution.problem), probability_of(solution)
    left, right = span([x for x, _ in points], 0.3)
    chart = Chart(Drawing(solution.title, "The probability of class 1 over the feature."), left, right, -0.08, 1.08)
    chart.axes((Name("x"),), (Name("ŷ"),))
    xs = [left + (right - left) * i / 200 for i in range(201)]
    threshold = float(solution.problem.threshold.value)
    chart.curve([(left, threshold), (right, threshold)], "warm", 1.4, "6 4")
    chart.curve([(x, probability(x)) for x in xs])
    for x, y in points:
        chart.drawing.circle(chart.at(x, y), 5, "paper", "ink")
    chart.legend([(("probability",), "accent", ""), ((f"threshold {number(threshold)}",), "warm", "6 4")])
    return chart.drawing


def _plane(solution: Worked) -> Drawing:
    problem = solution.problem
    samples = [
        Sample(float(row[0].value), float(row[1].value), int(y.value))
        for row, y in zip(problem.samples.x, problem.samples.y, strict=True)
    ]
    names = tuple(f"class {label}" for label in problem.classes)
    return plane(solution.title, samples, names, ((Name("x", "1"),), (Name("x", "2"),)), class_of(solution))
