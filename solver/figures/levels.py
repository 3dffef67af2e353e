"""Lines of equal height of a function of two variables in a chart, with their heights on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import ceil, floor, hypot, isfinite, log10, sqrt

from .boxes import Box, Point
from .chart import HIGH, WIDE, Chart, spelled
from .contours import contour
from .drawing import text_box, turned

_CELLS, _LEVELS = 48, 12
_SIZE, _NEAR = 9.0, 24.0
_TRIED = 40  # places along a line where its height may stand

Segment = tuple[Point, Point]


def level_lines(chart: Chart, function: Callable[[float, float], float], taken: Sequence[Point] = ()) -> None:
    """Draws the lines over the whole chart; nothing is written near the points that are `taken` (of the plane)."""
    xs = [chart.left + (chart.right - chart.left) * i / _CELLS for i in range(_CELLS + 1)]
    ys = [chart.low + (chart.high - chart.low) * i / _CELLS for i in range(_CELLS + 1)]
    heights = [[function(x, y) for x in xs] for y in ys]
    least = min((h for row in heights for h in row if isfinite(h)), default=0.0)
    # near a minimum the root of the height above it is straight, so that lines between points of the grid are right
    roots = [[sqrt(h - least) if isfinite(h) else h for h in row] for row in heights]
    lines = {
        level: [(chart.at(*a), chart.at(*b)) for a, b in contour(roots, xs, ys, sqrt(level - least))]
        for level in levels(heights)
        if level > least
    }
    for pieces in lines.values():
        chart.drawing.pieces(pieces, "faint", 1.1)
    _heights(chart, lines, [chart.at(*point) for point in taken])


def levels(heights: Sequence[Sequence[float]]) -> list[float]:
    """Heights that part the plane into equal areas, but closer together at the bottom; each as round as can be."""
    every = sorted(h for row in heights for h in row if isfinite(h))
    if not every or every[0] == every[-1]:
        return []
    found = [every[int((len(every) - 1) * (i / (_LEVELS + 1)) ** 1.5)] for i in range(1, _LEVELS + 1)]
    return sorted({_round(height, near) for height, near in zip(found, _gaps(found), strict=True) if near > 0})


def _gaps(found: Sequence[float]) -> list[float]:
    """How far each height is from the nearest other one."""
    between = [b - a for a, b in pairwise(found)]
    return [min(between[max(i - 1, 0) : i + 1]) for i in range(len(found))]


def _round(height: float, gap: float) -> float:
    """The height to a power of ten that leaves it apart from its neighbours."""
    place = -floor(log10(gap / 2))
    return round(height, place)


def _heights(chart: Chart, lines: dict[float, list[Segment]], taken: Sequence[Point]) -> None:
    """Each height on its line where neither another line nor a point nor another height is near."""
    others: dict[tuple[int, int], list[tuple[float, Segment]]] = defaultdict(list)
    for level, pieces in lines.items():
        for piece in pieces:
            others[_patch(piece[0])].append((level, piece))
    boxes = [Box(x, y, _NEAR, _NEAR) for x, y in taken]
    for level, pieces in lines.items():
        for box in _places(level, pieces):
            if _is_free(box, level, boxes, others):
                chart.drawing.patch(Box(box.x, box.y, box.width, box.height * 0.8, box.angle))
                chart.drawing.text((box.x, box.y), (spelled(level),), _SIZE, tone="soft", angle=box.angle)
                boxes.append(Box(box.x, box.y, box.width + 40, box.height + 14, box.angle))
                break


def _places(level: float, pieces: Sequence[Segment]) -> Iterator[Box]:
    step = max(1, ceil(len(pieces) / _TRIED))
    for a, b in pieces[::step]:
        if hypot(b[0] - a[0], b[1] - a[1]) > 1:
            yield text_box(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), (spelled(level),), _SIZE, angle=turned(a, b))


def _is_free(
    box: Box, level: float, boxes: Sequence[Box], others: dict[tuple[int, int], list[tuple[float, Segment]]]
) -> bool:
    if not all(4 < x < WIDE - 4 and 4 < y < HIGH - 4 for x, y in box.corners()):
        return False
    if any(box.meets(other) for other in boxes):
        return False
    column, row = _patch((box.x, box.y))
    near = (each for r in (-1, 0, 1) for c in (-1, 0, 1) for each in others.get((column + c, row + r), ()))
    return not box.crossings(piece for own, piece in near if own != level)


def _patch(point: Point) -> tuple[int, int]:
    return int(point[0] // 40), int(point[1] // 40)
