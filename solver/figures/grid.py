"""A grid of numbers, shaded by their size, some of its cells framed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .boxes import Point
from .drawing import Drawing
from .words import width

_MOST = 14  # cells with numbers, each way
CELL = 34.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Numbers in rows: what is written in each cell and its value; `framed` cells stand out.

    border: rows above and columns to the left that are padding, drawn paler
    """

    name: str
    texts: tuple[tuple[str, ...], ...]
    values: tuple[tuple[float, ...], ...]
    framed: Collection[tuple[int, int]] = ()
    pads: Collection[tuple[int, int]] = ()

    @property
    def cell(self) -> float:
        """The side of a cell: smaller where there are many, wider where numbers are long."""
        if self.is_large:
            return max(140 / max(len(self.values), len(self.values[0])), 2)
        longest = max(width((text,), 11) for row in self.texts for text in row)
        return max(CELL, longest + 6)

    @property
    def is_large(self) -> bool:
        """Whether its cells are shown without numbers."""
        return max(len(self.values), len(self.values[0])) > _MOST

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as drawn."""
        return self.cell * len(self.values[0]), (self.cell if self.is_large else CELL) * len(self.values)

    @property
    def room(self) -> float:
        """The width that the grid and its name take."""
        return max(self.size[0], width((self.name,), 12))

    def draw(self, drawing: Drawing, corner: Point) -> None:
        """The cells with their numbers, the name above."""
        wide, high = self.cell, self.cell if self.is_large else CELL
        most = max((abs(v) for row in self.values for v in row), default=0) or 1.0
        for r, row in enumerate(self.values):
            for c, value in enumerate(row):
                at = (corner[0] + c * wide, corner[1] + r * high)
                self._cell(drawing, at, (wide, high), (r, c), value / most)
        self._frame(drawing, corner, wide, high)
        across = corner[0] + self.size[0] / 2
        drawing.text((across, corner[1] - 14), (self.name,), 12, bold=True)

    def _cell(self, drawing: Drawing, at: Point, size: Point, place: tuple[int, int], share: float) -> None:
        line = "none" if self.is_large else "faint"
        drawing.rect(at, size, line, "accent" if share >= 0 else "warm", 0.8, shade=0.55 * abs(share))
        if not self.is_large:
            tone = "soft" if place in self.pads else "ink"
            text = self.texts[place[0]][place[1]]
            drawing.text((at[0] + size[0] / 2, at[1] + size[1] / 2), (text,), 11, tone=tone)

    def _frame(self, drawing: Drawing, corner: Point, wide: float, high: float) -> None:
        drawing.rect(corner, self.size, "ink", thick=1.2)
        if not self.framed:
            return
        rows, columns = [r for r, _ in self.framed], [c for _, c in self.framed]
        across, down = max(columns) - min(columns) + 1, max(rows) - min(rows) + 1
        if across * down == len(set(self.framed)):
            left, top = corner[0] + min(columns) * wide, corner[1] + min(rows) * high
            drawing.rect((left, top), (across * wide, down * high), "warm", thick=3)
            return
        for row, column in sorted(self.framed):  # a dilated window has gaps
            drawing.rect((corner[0] + column * wide, corner[1] + row * high), (wide, high), "warm", thick=2)


def in_row(drawing: Drawing, columns: Sequence[Sequence[Grid]], signs: Sequence[str]) -> None:
    """Columns of grids beside one another, a sign between each two."""
    across = 0.0
    for index, column in enumerate(columns):
        heights = [grid.size[1] for grid in column]
        down = -(sum(heights) + 40 * (len(column) - 1)) / 2
        wide = max(grid.room for grid in column)
        for grid, height in zip(column, heights, strict=True):
            grid.draw(drawing, (across + (wide - grid.size[0]) / 2, down))
            down += height + 40
        across += wide
        if index < len(signs):
            drawing.text((across + 26, 0), (signs[index],), 18)
            across += 52
