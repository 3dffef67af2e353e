"""The plane of two inputs in characters: where a neuron fires, and the samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

_COLUMNS, _ROWS = 41, 13
SIGNS = ".+:*-=#"
"""The sign of each class in the plane."""
Place = tuple[Fraction, Fraction, str]


def plane_picture(fires: Callable[[Fraction, Fraction], int], places: Sequence[Place]) -> tuple[str, ...]:
    """A square around the samples, half as much again on each side; '+' where it fires, '.' elsewhere.

    fires:  whether it fires, or which class there is
    places: the samples, each with the one character that marks it
    """
    left, width = _span([place[0] for place in places])
    bottom, height = _span([place[1] for place in places])
    grid = [
        [SIGNS[fires(left + width * c / (_COLUMNS - 1), bottom + height * r / (_ROWS - 1))] for c in _across()]
        for r in range(_ROWS)
    ]
    for x1, x2, mark in places:
        column, row = (x1 - left) / width * (_COLUMNS - 1), (x2 - bottom) / height * (_ROWS - 1)
        grid[round(row)][round(column)] = mark
    return ("x2", *("".join(row) for row in reversed(grid)), " " * (_COLUMNS - 2) + "x1")


def _across() -> range:
    return range(_COLUMNS)


def _span(values: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """Where the picture begins, and how far it reaches."""
    size = max(values) - min(values) or Fraction(1)
    return min(values) - size / 2, 2 * size
