"""The error over the epochs."""

from __future__ import annotations

from collections.abc import Sequence

from ..notation import Node
from .chart import HIGH, Chart, number, span
from .drawing import Drawing
from .words import plain

_MOST = 400  # points of a curve
_NEAR = 0.7  # share of the largest value from which on 0 is left out


def error_curve(history: Sequence[float], error: Node, what: str = "epochs") -> Drawing:
    """A curve of history[k], the error after k epochs; its ends are named."""
    last = len(history) - 1
    picked = sorted({round(i * last / (_MOST - 1)) for i in range(_MOST)}) if last >= _MOST else range(last + 1)
    points = [(float(k), history[k]) for k in picked]
    way = "falls" if history[-1] < history[0] else "rises" if history[-1] > history[0] else "goes"
    about = f"{plain((error,))} {way} from {number(history[0])} to {number(history[-1])} in {last} {what}."
    low, high = _height(history)
    chart = Chart(Drawing(f"{plain((error,))} over the {what}", about), 0, max(last, 1), low, high)
    chart.axes((what,), (error,), whole=True)
    chart.curve(points)
    if last <= 30:
        for x, y in points:
            chart.drawing.circle(chart.at(x, y), 3, "none", "accent")
    _ends(chart, points)
    return chart.drawing


def _height(history: Sequence[float]) -> tuple[float, float]:
    """From 0 where the values come near it, else what they take."""
    if min(history) < 0 or min(history) > _NEAR * max(history):
        return span(history, 0.15)
    return 0.0, 1.12 * max(history) or 1.0


def _ends(chart: Chart, points: Sequence[tuple[float, float]]) -> None:
    """The first and the last value beside the curve."""
    first, last = chart.at(*points[0]), chart.at(*points[-1])
    chart.drawing.circle(last, 4, "none", "warm")
    chart.drawing.text((last[0] + 10, min(last[1], HIGH - 2)), (number(points[-1][1]),), 12, "start", "warm")
    chart.drawing.text((first[0] + 10, max(first[1] - 10, 10)), (number(points[0][1]),), 12, "start", "warm")
