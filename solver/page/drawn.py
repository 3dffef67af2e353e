"""Drawings on a page: drawn where a format shows them, so that a page of text does not wait for them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .blocks import Figure, Text

if TYPE_CHECKING:
    from ..formats import Formats


def drawn(
    solution: Formats, name: str, lines: tuple[str, ...] = (), caption: Text = (), find: tuple[str, ...] = ()
) -> Figure:
    """The picture of this name (see `solver.figures.gallery`); lines, caption: as in Figure; find: as in `draw`."""
    return Figure(partial(_svg, solution, (name, *find)), lines, caption)


def given(solution: Formats, lines: tuple[str, ...]) -> Figure:
    """The picture of a question, which tells no result."""
    return Figure(partial(_svg, solution, ()), lines)


def _svg(solution: Formats, asked: tuple[str, ...]) -> str:
    if asked not in solution.drawings:
        from ..figures import gallery

        name, *find = asked or ("",)
        svg = gallery.draw(solution, name, tuple(find)) if asked else gallery.given(solution)
        solution.drawings[asked] = svg
    return solution.drawings[asked]
