"""The error of a network over two of its weights, the others held: where it stands, and where the update leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from ..page.blocks import Text
from ..spec.network import Network, Neuron
from ..topics.names import Names
from ..topics.training import error_of
from .boxes import Point
from .chart import HIGH, WIDE, Chart, number
from .drawing import Drawing
from .levels import level_lines

if TYPE_CHECKING:
    from ..solution import Worked

_MOST = 500  # parameters up to which the error is drawn


def has_surface(solution: Worked) -> bool:
    """Whether there are two weights and an error over them."""
    return solution.problem.samples[0].has_target and 1 < len(solution.problem.parameters) <= _MOST


def surface(solution: Worked, path: Sequence[str] = ()) -> Drawing:
    """E over two weights: the first two of `path`, or the one with its neighbour, or two of the last neuron."""
    net: Network = solution.problem
    keys, names = _pair(net, list(dict.fromkeys(path))), Names(net)
    before, after = _points(solution, keys)
    reach = _reach(max(abs(b - a) for a, b in zip(before, after, strict=True)))
    wide = reach * WIDE / HIGH  # the same scale both ways: the gradient is at right angles to the lines
    about = f"The error over {keys[0]} and {keys[1]} as lines of equal height; all other weights as they were given."
    drawing = Drawing(f"Error over {keys[0]} and {keys[1]}", about)
    chart = Chart(drawing, before[0] - wide, before[0] + wide, before[1] - reach, before[1] + reach)
    chart.axes((names.parameter(keys[0]),), (names.parameter(keys[1]),))
    error = error_over(net, keys)
    level_lines(chart, error, [before, after])
    moves = after != before
    if moves:
        drawing.arrow(chart.at(*before), chart.at(*after), "warm", 2)
    drawing.circle(chart.at(*before), 5, "ink", "paper", 2)
    chart.legend([(("lines of equal ", names.error()), "faint", "")])
    _tell(chart, 1, ("before: ", names.error(), f" = {number(error(*before))}"), "paper")
    if moves:
        drawing.circle(chart.at(*after), 4, "none", "warm")
        _tell(chart, 2, ("after the update of both: ", f"{number(error(*after))}"), "warm")
    return drawing


def _pair(net: Network, path: list[str]) -> tuple[str, str]:
    if len(path) > 1:
        return path[0], path[1]
    first = path[0] if path else net.neurons[-1].wires[0].weight.key
    near = next((keys for neuron in net.neurons if first in (keys := _parameters(neuron))), [])
    second = next(key for key in (*near, *(each.key for each in net.parameters)) if key != first)
    return first, second


def _parameters(neuron: Neuron) -> list[str]:
    return [*(wire.weight.key for wire in neuron.wires), *([neuron.bias.key] if neuron.bias else [])]


def _points(solution: Worked, keys: tuple[str, str]) -> tuple[Point, Point]:
    """Both weights as given, and after the training; the same where there is none."""
    given = {each.key: float(each.value.value) for each in solution.problem.parameters}
    new = {key: f"{key}'" for key in keys}
    known = [*solution.extra, *solution.working.steps]
    first, second = (solution.number(new[key]) if new[key] in known else given[key] for key in keys)
    return (given[keys[0]], given[keys[1]]), (first, second)


def error_over(net: Network, keys: tuple[str, str]) -> Callable[[float, float], float]:
    """E over all samples as a function of two parameters; nan where it has no value."""
    whole, start = error_of(net), [float(each.value.value) for each in net.parameters]
    places = [[each.key for each in net.parameters].index(key) for key in keys]

    def at(first: float, second: float) -> float:
        numbers = [*start]
        numbers[places[0]], numbers[places[1]] = first, second
        try:
            found = whole(numbers)
        except (ArithmeticError, ValueError):
            return float("nan")
        return found if isfinite(found) else float("nan")

    return at


def _reach(update: float) -> float:
    """How far the plane reaches around the weights: so that an update is seen, and the surface too."""
    return max(2.5 * update, min(1.0, max(0.25, 12 * update))) if update else 1.0


def _tell(chart: Chart, row: int, words: Text, fill: str) -> None:
    """What a point is, to the right of the chart."""
    y = 12 + 22 * row
    chart.drawing.circle((WIDE + 30, y), 4.5, "ink" if fill == "paper" else "none", fill, 2)
    chart.drawing.text((WIDE + 52, y), words, 12, "start")
