"""Lines of equal height of a function of two variables, by marching squares."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from .boxes import Point

Heights = Sequence[Sequence[float]]
Segment = tuple[Point, Point]

# which sides (0 top, 1 right, 2 bottom, 3 left) a line joins, by the corners above the level (1, 2, 4, 8 clockwise)
_JOINED: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 5: ((3, 0), (1, 2)), 6: ((0, 2),), 7: ((3, 2),),
    8: ((2, 3),), 9: ((0, 2),), 10: ((0, 1), (2, 3)), 11: ((1, 2),), 12: ((1, 3),), 13: ((0, 1),), 14: ((3, 0),),
}  # fmt: skip


def contour(heights: Heights, xs: Sequence[float], ys: Sequence[float], level: float) -> list[Segment]:
    """The pieces of the line at a height; heights[row][column] stands at ys[row], xs[column]."""
    found: list[Segment] = []
    for r in range(len(ys) - 1):
        for c in range(len(xs) - 1):
            corners = (heights[r][c], heights[r][c + 1], heights[r + 1][c + 1], heights[r + 1][c])
            if all(map(isfinite, corners)):
                places = ((xs[c], ys[r]), (xs[c + 1], ys[r]), (xs[c + 1], ys[r + 1]), (xs[c], ys[r + 1]))
                found += _cell(corners, places, level)
    return found


def _cell(corners: Sequence[float], places: Sequence[Point], level: float) -> list[Segment]:
    case = sum(1 << i for i, height in enumerate(corners) if height > level)
    return [
        (_between(corners, places, a, level), _between(corners, places, b, level)) for a, b in _JOINED.get(case, ())
    ]


def _between(corners: Sequence[float], places: Sequence[Point], side: int, level: float) -> Point:
    """Where the height is met between the two corners of a side."""
    i, j = side, (side + 1) % 4
    t = (level - corners[i]) / (corners[j] - corners[i])
    return places[i][0] + t * (places[j][0] - places[i][0]), places[i][1] + t * (places[j][1] - places[i][1])
