"""Where labels lie, and whether two of them or a label and a line meet."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

Point = tuple[float, float]


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
        c, s = cos(radians(self.angle)), sin(radians(self.angle))
        w, h = self.width / 2, self.height / 2
        return tuple((self.x + u * c - v * s, self.y + u * s + v * c) for u, v in ((-w, -h), (w, -h), (w, h), (-w, h)))

    def meets(self, other: Box) -> bool:
        """Whether the two share more than an edge."""
        far = abs(self.x - other.x) + abs(self.y - other.y)
        if far > self.width + self.height + other.width + other.height:
            return False
        return not _parted(self.corners(), other.corners(), (self.angle, other.angle))

    def is_crossed(self, a: Point, b: Point) -> bool:
        """Whether the line from a to b runs through the box."""
        return _clips(self._within(a), self._within(b), self.width / 2, self.height / 2)

    def _within(self, point: Point) -> Point:
        """The point as the box sees it: from its centre, along its sides."""
        c, s = cos(radians(self.angle)), sin(radians(self.angle))
        x, y = point[0] - self.x, point[1] - self.y
        return x * c + y * s, y * c - x * s


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
