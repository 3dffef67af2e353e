"""Many problems of few forms: drawn one by one, run through compiled workings, proved together."""

from __future__ import annotations

from typing import Any

from solver.errors import DlsolveError, NotComputable

from .plan import Entry
from .posed import Pool
from .template import KINDS, Template, Templates, form_of
from .wishes import Draw

_TEMPLATES = Templates()
"""Compiled once in a process, whatever batch comes next."""


class QuickPool(Pool):
    """A pool whose solutions have numbers and no texts; they are proved when all are drawn."""

    __slots__ = ("waiting",)

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[Template, list[tuple[Any, tuple[float, ...]]]] = {}

    def _judged(self, entry: Entry, draw: Draw) -> tuple[Any, str]:
        if draw.spec.get("kind") not in KINDS or entry.wishes.in_head or draw.fixed or draw.own or "slip" in draw.spec:
            return super()._judged(entry, draw)
        form = form_of(draw.spec)
        template = _TEMPLATES.of(draw.spec, form)
        if not template.fits:
            return super()._judged(entry, draw)
        try:
            solution = template.solved(form.numbers, draw.spec.get("find", ()))
        except NotComputable:
            return None, "the numbers have no result"
        reason = (draw.rules or draw.unfit)(solution) or template.collision(solution)
        if not reason:
            self.waiting.setdefault(template, []).append((solution, form.numbers))
        return solution, reason

    def prove(self, backend: str = "numpy") -> None:
        """Holds everything drawn against arrays and finite differences.

        Raises DlsolveError where a problem does not agree, Unavailable for a backend that is not here.
        """
        for template, found in self.waiting.items():
            solutions, numbers = zip(*found, strict=True)
            verdict = template.proved(solutions, numbers, backend)
            if not verdict.agrees.all():
                raise DlsolveError(f"the check disagrees, nothing is printed: {verdict.detail}")
        self.waiting.clear()
