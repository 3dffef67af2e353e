"""How the points of a problem are shared among the parts of its working, and where the key shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from msgspec import Struct

from solver.exam import awarded
from solver.page.blocks import Page
from solver.page.points import Part, marked, parts_of
from solver.spec.cnn_options import PlanOptions

from .posed import Posed

_ASIDE = (
    "Parameters",
    "Conventions",
    "Shapes and parameters",
    "Working",
    "All steps",
    "Epochs",
    "Layer by layer",
    "Size of the gradient",
)
"""What pages show beside the work that is asked for; the working of a plan says again what its table of layers says."""
_LINES = {"Learning table": 12, "Layers": 3, "Totals": 1}
"""Parts that are worth as much as so many lines, whatever stands in them."""


class Marks(Struct, frozen=True):
    """The page of a solution with its marks, and the parts of the working with their points, in order."""

    page: Page
    parts: Mapping[str, int]


def marks(problem: Posed) -> Marks:
    """The marks that the spec sets, else the points shared among the parts by their lines."""
    solution = problem.solution
    points = solution.options.points
    page = _worked(solution).page()
    if points is not None and points.awards and points.total == problem.points:
        return Marks(page, awarded(solution))
    shares = _shared(problem.points, [part for part in parts_of(solution, page) if _is_work(part)])
    return Marks(marked(page, solution, shares) if len(shares) > 1 else page, shares)


def _is_work(part: Part) -> bool:
    return part.name not in _ASIDE and not part.name.startswith(("Where the gradient", "Which "))


def _worked(solution: Any) -> Any:
    """The solution with every line worked; a plan is a table else."""
    options = solution.options
    if not isinstance(options, PlanOptions) or solution.answer is not None:
        return solution
    return replace(solution, options=replace(options, steps=True))


def _shared(points: int, parts: list[Part]) -> dict[str, int]:
    """Each part is worth a point, the rest goes where most lines are; none where there are more parts than points."""
    if not 1 < len(parts) <= points:
        return {}
    lines = {part.name: _LINES.get(part.name, min(part.lines, 4 + part.lines // 4)) for part in parts}
    shares = dict.fromkeys(lines, 1)
    for _ in range(points - len(shares)):
        shares[max(lines, key=lambda name: lines[name] / (shares[name] + 1))] += 1
    return shares
