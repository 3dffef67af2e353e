"""Curves and points in characters of one width, with the numbers at the ends of both axes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

from ..render.spelling import number as spelled

_WIDE, _HIGH = 57, 13
_SHADES = " .:-=+*#"

Point = tuple[float, float]
Frame = tuple[float, float, float, float]
"""Left, right, low and high."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Points that are marked alike; `joined`: from one to the next without gaps upwards."""

    sign: str
    points: Sequence[Point]
    joined: bool = False


def sampled(function: Callable[[float], float], left: float, right: float) -> list[Point]:
    """A point of the curve for each column of a plot."""
    xs = [left + (right - left) * i / (_WIDE - 1) for i in range(_WIDE)]
    return [(x, y) for x in xs if isfinite(y := function(x))]


def plot(marks: Sequence[Marks], across: str, up: str) -> tuple[str, ...]:
    """All marks in one plot, later ones over earlier ones; across and up name the axes."""
    points = [point for each in marks for point in each.points]
    left, right = wider(x for x, _ in points)
    low, high = wider(y for _, y in points)
    frame = (left, right, low, high)
    grid = [[" "] * _WIDE for _ in range(_HIGH)]
    if low < 0 < high:
        grid[_row(0, frame)] = ["─"] * _WIDE
    for each in marks:
        _put(grid, each, frame)
    return _framed(["".join(row) for row in grid], frame, across, up)


def heights(
    function: Callable[[float, float], float], ways: Sequence[Marks], frame: Frame, across: str, up: str
) -> tuple[str, ...]:
    """The heights of a function of two variables in a frame: the higher, the denser the signs."""
    left, right, low, high = frame
    xs = [left + (right - left) * i / (_WIDE - 1) for i in range(_WIDE)]
    ys = [high - (high - low) * i / (_HIGH - 1) for i in range(_HIGH)]
    found = [[function(x, y) for x in xs] for y in ys]
    every = sorted(h for row in found for h in row if isfinite(h))
    limits = [every[len(every) * i // len(_SHADES)] for i in range(1, len(_SHADES))] if every else []
    grid = [[_SHADES[sum(h > limit for limit in limits)] if isfinite(h) else " " for h in row] for row in found]
    for each in ways:
        _put(grid, each, frame)
    return _framed(["".join(row) for row in grid], frame, across, up)


def wider(values: Iterable[float], room: float = 0) -> tuple[float, float]:
    """From the smallest to the largest value, and some room on both sides."""
    found = list(values)
    low, high = min(found), max(found)
    more = (high - low) * room
    return (low - more, high + more) if high > low else (low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2)


def _row(y: float, frame: Frame) -> int:
    _, _, low, high = frame
    return round((high - y) / (high - low) * (_HIGH - 1))


def _put(grid: list[list[str]], marks: Marks, frame: Frame) -> None:
    left, right = frame[:2]
    before: int | None = None
    for x, y in marks.points:
        column, row = round((x - left) / (right - left) * (_WIDE - 1)), _row(y, frame)
        between = _between(before, row) if marks.joined else []
        for each in (*between, row):
            grid[each][column] = marks.sign
        before = row


def _between(before: int | None, row: int) -> Iterable[int]:
    """The rows that a curve passes on its way to a row."""
    if before is None or abs(row - before) < 2:
        return ()
    return range(before + 1, row) if row > before else range(row + 1, before)


def _framed(rows: list[str], frame: Frame, across: str, up: str) -> tuple[str, ...]:
    left, right, low, high = frame
    ends = {0: _spelled(high), _HIGH - 1: _spelled(low)}
    if low < 0 < high:
        ends.setdefault(_row(0, frame), "0")
    room = max(map(len, ends.values()))
    lines = [up.rjust(room)] if up else []
    lines += [f"{ends.get(i, '').rjust(room)} {'┤' if i in ends else '│'}{row}".rstrip() for i, row in enumerate(rows)]
    first, last = _spelled(left), _spelled(right)
    lines.append(" " * (room + 1) + "└" + "─" * _WIDE)
    middle = across.center(_WIDE + 2 - len(first) - len(last))
    return (*lines, " " * (room + 1) + f"{first}{middle}{last}")


def _spelled(number: float) -> str:
    mantissa, ten, exponent = f"{number:.3g}".partition("e")
    return spelled(f"{mantissa}e{int(exponent)}" if ten else mantissa)
