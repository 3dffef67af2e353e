"""Where labels lie, and whether two of them or a label and a line meet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians, sin

Point = tuple[float, float]
Line = tuple[Point, Point]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a text around its centre, turned by `angle` degrees (clockwise, as SVG turns)."""

    x: float
    y: float
    width: float
    height: float
    angle: float = 0

    def corners(self) -> tuple[Point, ...]:
        """The four corners in order."""
        w, h = self.width / 2, self.height / 2
        if not self.angle:
            left, right, top, bottom = self.x - w, self.x + w, self.y - h, self.y + h
            return (left, top), (right, top), (right, bottom), (left, bottom)
        c, s = cos(radians(self.angle)), sin(radians(self.angle))
        return tuple((self.x + u * c - v * s, self.y + u * s + v * c) for u, v in ((-w, -h), (w, -h), (w, h), (-w, h)))

    def meets(self, other: Box) -> bool:
        """Whether the two share more than an edge."""
        across, down = abs(self.x - other.x), abs(self.y - other.y)
        if 2 * max(across, down) > self.width + self.height + other.width + other.height:
            return False
        if not self.angle and not other.angle:
            wide, high = (self.width + other.width) / 2, (self.height + other.height) / 2
            return across < wide - 1e-6 and down < high - 1e-6
        return not _parted(self.corners(), other.corners(), (self.angle, other.angle))

    def crossings(self, lines: Iterable[Line]) -> int:
        """How many of the lines run through the box."""
        c, s = cos(radians(self.angle)), sin(radians(self.angle))
        w, h = self.width / 2, self.height / 2
        found = 0
        for (ax, ay), (bx, by) in lines:
            # both ends as the box sees them: from its centre, along its sides
            x, y, u, v = ax - self.x, ay - self.y, bx - self.x, by - self.y
            first, second = y * c - x * s, v * c - u * s
            if (first < -h and second < -h) or (first > h and second > h):
                continue
            found += _clips((x * c + y * s, first), (u * c + v * s, second), w, h)
        return found


def _parted(first: tuple[Point, ...], second: tuple[Point, ...], angles: tuple[float, float]) -> bool:
    """Whether a side of one of two rectangles has all of the other beyond it."""
    for angle in angles:
        c, s = cos(radians(angle)), sin(radians(angle))
        for u, v in ((c, s), (-s, c)):
            one = [x * u + y * v for x, y in first]
            two = [x * u + y * v for x, y in second]
            if max(one) <= min(two) + 1e-6 or max(two) <= min(one) + 1e-6:
                return True
    return False


def _clips(a: Point, b: Point, half_width: float, half_height: float) -> bool:
    """Whether a line meets the rectangle around 0: what is left of it between each pair of sides."""
    start, end = 0.0, 1.0
    for begin, finish, half in ((a[0], b[0], half_width), (a[1], b[1], half_height)):
        way = finish - begin
        if abs(way) < 1e-9:
            if abs(begin) >= half:
                return False
            continue
        near, far = sorted(((-half - begin) / way, (half - begin) / way))
        start, end = max(start, near), min(end, far)
    return start < end
