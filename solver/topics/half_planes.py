"""The regions into which lines cut the plane, found exactly.

Every region has a stretch of some line as its border: a step to either side of the middle of each stretch finds all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

Line = tuple[Fraction, Fraction, Fraction]
"""a, b, c of a x1 + b x2 + c = 0; the neuron fires where the sum is above 0."""
Point = tuple[Fraction, Fraction]


def regions(lines: Sequence[Line]) -> dict[tuple[bool, ...], Point]:
    """On which side of each line every region lies, with a point inside it; regions of no area are left out."""
    found: dict[tuple[bool, ...], Point] = {}
    for point in _inner_points(lines):
        found.setdefault(tuple(_height(line, point) > 0 for line in lines), point)
    return found


def _height(line: Line, point: Point) -> Fraction:
    a, b, c = line
    return a * point[0] + b * point[1] + c


def _inner_points(lines: Sequence[Line]) -> Iterator[Point]:
    """A point on either side of the middle of every stretch of every line."""
    true_lines = [line for line in lines if line[0] or line[1]]
    if not true_lines:
        yield Fraction(0), Fraction(0)
    for line in true_lines:
        for middle in _middles(line, true_lines):
            step = _short_step(middle, line, true_lines)
            for side in (step, -step):
                yield middle[0] + side * line[0], middle[1] + side * line[1]


def _middles(line: Line, lines: Sequence[Line]) -> list[Point]:
    """A point in every stretch of the line between its crossings with others, and beyond the outer ones."""
    a, b, c = line
    foot = (-c * a / (a * a + b * b), -c * b / (a * a + b * b))
    crossings = set()
    for other in lines:
        speed = other[0] * -b + other[1] * a
        if speed:
            crossings.add(-_height(other, foot) / speed)
    places = sorted(crossings) or [Fraction(0)]
    between = [(left + right) / 2 for left, right in pairwise(places)]
    return [(foot[0] - t * b, foot[1] + t * a) for t in (places[0] - 1, *between, places[-1] + 1)]


def _short_step(middle: Point, line: Line, lines: Sequence[Line]) -> Fraction:
    """A step across the line that crosses no other."""
    step = Fraction(1)
    for other in lines:
        away, speed = abs(_height(other, middle)), abs(other[0] * line[0] + other[1] * line[1])
        if away and speed:
            step = min(step, away / speed / 2)
    return step
