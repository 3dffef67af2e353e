"""The plane of two inputs with samples: lines that part it, and the line through points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..page.blocks import Text
from .boxes import Point
from .chart import Chart, span
from .drawing import Drawing

Group = Callable[[float, float], int]
Edge = tuple[float, int]

_STRIPS, _CELLS, _SPLITS = 30, 48, 4  # of the shading; how often a strip is halved
_FILLS = ("sand", "pale", "tint", "faint", "paper")
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
    group: Group,
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


def _shade(chart: Chart, group: Group) -> None:
    """The regions in strips: where both edges of a strip pass the same regions, these end along straight lines."""
    high = (chart.high - chart.low) / _STRIPS
    above = _edges(chart, group, chart.high)
    for row in range(_STRIPS):
        top = chart.high - row * high
        below = _edges(chart, group, top - high)
        _part(chart, group, (top, high), (above, below), _SPLITS)
        above = below


def _part(
    chart: Chart, group: Group, strip: tuple[float, float], edges: tuple[list[Edge], list[Edge]], splits: int
) -> None:
    """One strip, its top and height; where its edges pass other regions, its halves."""
    (top, high), (above, below) = strip, edges
    if [g for _, g in above] == [g for _, g in below]:
        _strip(chart, top, high, above, below)
        return
    middle = _edges(chart, group, top - high / 2)
    if not splits:
        _strip(chart, top, high, middle, middle)
        return
    _part(chart, group, (top, high / 2), (above, middle), splits - 1)
    _part(chart, group, (top - high / 2, high / 2), (middle, below), splits - 1)


def _strip(chart: Chart, top: float, high: float, above: Sequence[Edge], below: Sequence[Edge]) -> None:
    uppers, lowers = [x for x, _ in above] + [chart.right], [x for x, _ in below] + [chart.right]
    for i, (_, found) in enumerate(above):
        corners = [(uppers[i], top), (uppers[i + 1], top), (lowers[i + 1], top - high), (lowers[i], top - high)]
        fill = _FILLS[found % 5]
        chart.drawing.path([chart.at(*corner) for corner in corners], fill, 0.6, fill=fill)


def _edges(chart: Chart, group: Group, y: float) -> list[Edge]:
    """The regions along a height from left to right, each with where it begins."""
    found = [(chart.left, group(chart.left, y))]
    wide = (chart.right - chart.left) / _CELLS
    for i in range(1, _CELLS + 1):
        x = chart.left + i * wide
        if group(x, y) != found[-1][1]:
            found.append((_border(x - wide, x, found[-1][1], lambda at: group(at, y)), group(x, y)))
    return found


def _border(left: float, right: float, before: int, group: Callable[[float], int]) -> float:
    """Where the region `before` ends, by halving."""
    for _ in range(12):
        middle = (left + right) / 2
        left, right = (middle, right) if group(middle) == before else (left, middle)
    return (left + right) / 2


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
        chart.drawing.rect((at[0] - 12, at[1] - 10), (24, 20), "soft", _FILLS[row % 5], 0.8)
        _mark(chart.drawing, at, row)
        chart.drawing.text((at[0] + 20, at[1]), (name,), 12, "start")
