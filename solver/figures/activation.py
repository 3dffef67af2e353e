"""An activation function and its slope, with the net inputs of the problem marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..notation import Name
from ..page.activation_curves import reach
from .chart import Chart, span
from .drawing import Drawing

_STEPS = 240

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
    chart.curve(slopes, "warm", 2, "6 4")
    chart.curve(curve)
    for z in marked:
        chart.drawing.circle(chart.at(z, function(z)), 4, "paper", "accent")
        if slope:
            chart.drawing.circle(chart.at(z, slope(z)), 4, "paper", "warm")
    chart.legend(((name,), tone, dash) for name, (tone, dash) in legend.items())
    return chart.drawing
