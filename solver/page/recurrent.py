"""The page of a recurrent problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..topics.assembled import one_by_one
from .blocks import Page
from .standard import standard_page

if TYPE_CHECKING:
    from ..solution import Worked


def page(solution: Worked) -> Page:
    """The whole page of a recurrent problem, as its options ask for it."""
    return standard_page(one_by_one(solution), ())
