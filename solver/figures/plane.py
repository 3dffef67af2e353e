"""The plane of two inputs with samples: lines that part it, and the line through points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..page.blocks import Text
from .boxes import Point
from .chart import Chart, span
from .drawing import Drawing

_CELLS = 48  # of the shading, each way
_MARKS = ("circle", "square", "triangle", "diamond", "cross")
_TONES = ("warm", "accent", "ink", "soft", "warm")


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample in the plane and its class, counted from 0."""

    x: float
    y: float
    group: int


def plane(
    title: str, samples: Sequence[Sample], names: Sequence[str], axes: tuple[Text, Text],
    group: Callable[[float, float], int],
) -> Drawing:  # fmt: skip
    """Samples over the regions into which `group` parts the plane; names: of the classes, in order."""
    left, right = span([s.x for s in samples], 0.5)
    low, high = span([s.y for s in samples], 0.5)
    chart = Chart(
        Drawing(title, f"{len(samples)} samples and the regions of {', '.join(names)}."), left, right, low, high
    )
    _shade(chart, group)
    chart.axes(*axes)
    for sample in samples:
        _mark(chart.drawing, chart.at(sample.x, sample.y), sample.group)
    _legend(chart, names)
    return chart.drawing


def _shade(chart: Chart, group: Callable[[float, float], int]) -> None:
    """The regions in rows of rectangles; a run of cells of one region is one of them."""
    wide, high = (chart.right - chart.left) / _CELLS, (chart.high - chart.low) / _CELLS
    for row in range(_CELLS):
        y = chart.high - (row + 0.5) * high
        found = [group(chart.left + (i + 0.5) * wide, y) for i in range(_CELLS)]
        start = 0
        for i in range(1, _CELLS + 1):
            if i == _CELLS or found[i] != found[start]:
                _band(chart, start, i, row, found[start])
                start = i


def _band(chart: Chart, start: int, end: int, row: int, group: int) -> None:
    wide, high = (chart.right - chart.left) / _CELLS, (chart.high - chart.low) / _CELLS
    corner = chart.at(chart.left + start * wide, chart.high - row * high)
    other = chart.at(chart.left + end * wide, chart.high - (row + 1) * high)
    fill = ("sand", "pale", "tint", "faint", "paper")[group % 5]
    chart.drawing.rect(corner, (other[0] - corner[0], other[1] - corner[1] + 0.3), "none", fill)


def line(
    title: str, points: Sequence[Point], fit: Callable[[float], float], axes: tuple[Text, Text], said: Text
) -> Drawing:
    """Points, the line fitted to them, and the residuals between."""
    left, right = span([x for x, _ in points], 0.15)
    low, high = span([*(y for _, y in points), fit(left), fit(right)])
    chart = Chart(Drawing(title, f"{len(points)} points and the line through them."), left, right, low, high)
    chart.axes(*axes)
    for x, y in points:
        chart.drawing.line(chart.at(x, y), chart.at(x, fit(x)), "warm", 1.2, "3 3")
    chart.curve([(left, fit(left)), (right, fit(right))])
    for x, y in points:
        chart.drawing.circle(chart.at(x, y), 4.5, "paper", "ink")
    chart.legend([(said, "accent", ""), (("residuals",), "warm", "3 3")])
    return chart.drawing


def _mark(drawing: Drawing, at: Point, group: int) -> None:
    """A sample of a class, told apart by shape as well as by colour."""
    x, y = at
    tone = _TONES[group % 5]
    match _MARKS[group % 5]:
        case "circle":
            drawing.circle(at, 6, tone, "paper", 2.4)
        case "square":
            drawing.rect((x - 6, y - 6), (12, 12), "paper", tone, 1)
        case "triangle":
            drawing.path([(x, y - 7), (x + 7, y + 6), (x - 7, y + 6)], "paper", 1, fill=tone)
        case "diamond":
            drawing.path([(x, y - 8), (x + 7, y), (x, y + 8), (x - 7, y)], "paper", 1, fill=tone)
        case _:
            drawing.line((x - 6, y - 6), (x + 6, y + 6), tone, 2.4)
            drawing.line((x - 6, y + 6), (x + 6, y - 6), tone, 2.4)


def _legend(chart: Chart, names: Sequence[str]) -> None:
    for row, name in enumerate(names):
        edge = chart.at(chart.right, chart.high)
        at = (edge[0] + 24, edge[1] + 14 + 24 * row)
        chart.drawing.rect(
            (at[0] - 12, at[1] - 10), (24, 20), "soft", ("sand", "pale", "tint", "faint", "paper")[row % 5], 0.8
        )
        _mark(chart.drawing, at, row)
        chart.drawing.text((at[0] + 20, at[1]), (name,), 12, "start")
