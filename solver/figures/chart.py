"""A plane with axes, ticks and numbers, in which curves and points are drawn by their own coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from ..page.blocks import Text
from ..render.spelling import number as spelled_number
from ..rounding import shown
from .boxes import Point
from .drawing import Drawing
from .words import width

WIDE, HIGH = 460.0, 300.0
_LARGE = 1e5  # from which a value is written with a power of ten
_LETTER = 20.0  # up to which the name of the axis is not turned


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and the part of the plane that it shows: x from `left` to `right`, y from `low` to `high`."""

    drawing: Drawing
    left: float
    right: float
    low: float
    high: float

    def at(self, x: float, y: float) -> Point:
        """Where a point of the plane is drawn."""
        return (
            WIDE * (x - self.left) / (self.right - self.left),
            HIGH * (self.high - y) / (self.high - self.low),
        )

    def axes(self, across: Text, up: Text, whole: bool = False) -> None:
        """Frame, lines at round numbers (`whole`: whole ones across), the numbers, and what the axes show."""
        for x in ticks(self.left, self.right, least=1 if whole else 0):
            self._line((x, self.low), (x, self.high), x == 0)
            self.drawing.text((self.at(x, 0)[0], HIGH + 14), (spelled(x),), 11, tone="soft")
        numbers = ticks(self.low, self.high)
        for y in numbers:
            self._line((self.left, y), (self.right, y), y == 0)
            self.drawing.text((-8, self.at(0, y)[1]), (spelled(y),), 11, "end", "soft")
        self.drawing.rect((0, 0), (WIDE, HIGH), "soft")
        self.drawing.text((WIDE / 2, HIGH + 36), across, 13)
        room = max((width((spelled(y),), 11) for y in numbers), default=0)
        turn = 0 if width(up, 13) <= _LETTER else -90
        self.drawing.text((-20 - room, HIGH / 2), up, 13, angle=turn)

    def _line(self, a: Point, b: Point, strong: bool) -> None:
        self.drawing.line(self.at(*a), self.at(*b), "soft" if strong else "tint", 1)

    def curve(self, points: Sequence[Point], tone: str = "accent", thick: float = 2, dash: str = "") -> None:
        """A curve through points; where it leaves the chart it is cut."""
        for piece in _pieces(points, self.low, self.high):
            self.drawing.path([self.at(*point) for point in piece], tone, thick, dash)

    def legend(self, entries: Iterable[tuple[Text, str, str]]) -> None:
        """Names of curves with their tones and dashes, to the right."""
        for row, (text, tone, dash) in enumerate(entries):
            y = 12 + 22 * row
            self.drawing.line((WIDE + 16, y), (WIDE + 44, y), tone, 2.2, dash)
            self.drawing.text((WIDE + 52, y), text, 12, "start")


def ticks(low: float, high: float, most: int = 7, least: float = 0) -> list[float]:
    """Round numbers between two, at most so many and one, `least` apart."""
    size = max((high - low) / most, least)
    power = 10.0 ** floor(log10(size))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= size * (1 - 1e-9))
    return [k * step for k in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def spelled(number: float) -> str:
    """A round number, as on an axis."""
    if number and not 1e-4 <= abs(number) < 1e6:
        return _powered(number, 2)
    return f"{round(number, 10):.6g}".replace("-", "−")


def span(values: Iterable[float], room: float = 0.08) -> tuple[float, float]:
    """From the smallest to the largest value, and some room on both sides."""
    found = [value for value in values if isfinite(value)]
    low, high = min(found), max(found)
    more = (high - low) * room or max(abs(high), 1.0) * 0.5
    return low - more, high + more


def _pieces(points: Sequence[Point], low: float, high: float) -> list[list[Point]]:
    """The parts of a polygon between two heights, cut where it crosses them."""
    pieces: list[list[Point]] = [[]]
    for index, point in enumerate(points):
        before = points[index - 1] if index else None
        if low <= point[1] <= high:
            if before and not low <= before[1] <= high:
                pieces.append([_cut(before, point, low, high)])
            pieces[-1].append(point)
        elif before and low <= before[1] <= high:
            pieces[-1].append(_cut(point, before, low, high))
            pieces.append([])
        elif before and (before[1] - low) * (point[1] - low) < 0:
            pieces.append([_cut(before, point, low, high), _cut(point, before, low, high)])
            pieces.append([])
    return [piece for piece in pieces if len(piece) > 1]


def _cut(outside: Point, inside: Point, low: float, high: float) -> Point:
    """Where the way from outside comes in."""
    level = low if outside[1] < low else high
    t = (level - outside[1]) / (inside[1] - outside[1])
    return outside[0] + (inside[0] - outside[0]) * t, level


def number(value: float) -> str:
    """A value in words of a picture."""
    return spelled_number(shown(value, 4)) if abs(value) < _LARGE else _powered(value, 4)


def _powered(value: float, digits: int) -> str:
    """So many digits and a power of ten."""
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    return spelled_number(f"{float(mantissa):g}e{int(exponent)}")
