"""Drawings on a page: drawn where a format shows them, so that a page of text does not wait for them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .blocks import Figure, Text

if TYPE_CHECKING:
    from ..solution import Worked


def drawn(
    solution: Worked, name: str, lines: tuple[str, ...] = (), caption: Text = (), find: tuple[str, ...] = ()
) -> Figure:
    """The picture of this name (see `solver.figures.gallery`); lines, caption: as in Figure; find: as in `draw`."""
    return Figure(partial(_svg, solution, name, find), lines, caption)


def given(solution: Worked, lines: tuple[str, ...]) -> Figure:
    """The picture of a question, which tells no result."""
    return Figure(partial(_given, solution), lines)


def _svg(solution: Worked, name: str, find: tuple[str, ...]) -> str:
    from ..figures.gallery import draw

    return draw(solution, name, find)


def _given(solution: Worked) -> str:
    from ..figures.gallery import given

    return given(solution)
