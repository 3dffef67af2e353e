"""An activation function and its slope, with the net inputs of the problem marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..notation import Name
from ..page.activation_curves import reach
from .boxes import Point
from .chart import Chart, span
from .drawing import Drawing

_STEPS = 240
_JUMP = 0.15  # share of the height from which on two neighbours are not joined

Function = Callable[[float], float]


def activation(title: str, function: Function, slope: Function | None, marked: Sequence[float]) -> Drawing:
    """The curves of a function and of its slope around the net inputs that are marked."""
    far = reach(marked)
    xs = [far * (2 * i / _STEPS - 1) for i in range(_STEPS + 1)]
    curve = [(x, function(x)) for x in xs]
    slopes = [(x, slope(x)) for x in xs] if slope else []
    low, high = span([y for _, y in (*curve, *slopes)])
    chart = Chart(Drawing(title, f"The curve of {title} from {-far:g} to {far:g}."), -far, far, low, high)
    chart.axes((Name("z"),), ("",))
    legend: Mapping[str, tuple[str, str]] = {"value": ("accent", "")} | ({"slope": ("warm", "6 4")} if slope else {})
    for piece in _unbroken(slopes, (high - low) * _JUMP):
        chart.curve(piece, "warm", 2, "6 4")
    for piece in _unbroken(curve, (high - low) * _JUMP):
        chart.curve(piece)
    for z in marked:
        chart.drawing.circle(chart.at(z, function(z)), 4, "paper", "accent")
        if slope:
            chart.drawing.circle(chart.at(z, slope(z)), 4, "paper", "warm")
    chart.legend(((name,), tone, dash) for name, (tone, dash) in legend.items())
    return chart.drawing


def _unbroken(points: Sequence[Point], jump: float) -> list[list[Point]]:
    """The pieces of a curve between its jumps."""
    pieces: list[list[Point]] = [[]]
    for point in points:
        if pieces[-1] and abs(point[1] - pieces[-1][-1][1]) > jump:
            pieces.append([])
        pieces[-1].append(point)
    return pieces
