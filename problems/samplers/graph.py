"""Computation graphs: values forwards, derivatives backwards."""

from __future__ import annotations

from random import Random
from typing import Any

from ..numbers import distinct
from ..rules import in_head, trivial
from ..wishes import Draw, Wishes

SETTINGS = ("function",)
_GRAPHS = {
    "easy": {
        "product-of-sum": {"q": "x + y", "f": "q*z"},
        "sum-of-products": {"p": "x*y", "f": "p + 2*z"},
        "difference": {"q": "x - 2*y", "f": "q*z"},
    },
    "medium": {
        "square": {"q": "x + y", "p": "q*z", "f": "p^2"},
        "two-paths": {"p": "x*y", "q": "x + z", "f": "p*q"},
        "max": {"p": "x*y", "m": "max(z, x)", "s": "p + m", "f": "2*s"},
    },
    "hard": {
        "neuron": {"a": "x*y", "s": "a + z", "o": "sigmoid(s)", "f": "(o - 1)^2"},
        "log": {"p": "x^2", "q": "p + y^2", "l": "ln(q)", "f": "l*z"},
        "exp": {"p": "x*y", "e": "exp(p/10)", "q": "e + z", "f": "q^2"},
    },
}


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """A graph of a few gates at small whole numbers."""
    graphs = _GRAPHS["medium" if wishes.in_head and wishes.level == "hard" else wishes.level]
    chosen = wishes.word("function", form.choice(list(graphs)), tuple(graphs))
    numbers = [-4, -3, -2, 2, 3, 4, 5] if wishes.level != "hard" else [-2, -1, 1.5, 2, 3, 0.5]
    at = dict(zip("xyz", distinct(rng, numbers, 3), strict=True))
    spec = {"kind": "graph", "title": "Forwards and backwards through a graph", "at": at, "steps": graphs[chosen]}
    return Draw(spec, points=2 * len(graphs[chosen]) + 2, unfit=lambda s: _unfit(s, wishes.in_head))


def _unfit(solution: Any, head: bool) -> str:
    if head:
        return in_head(solution)
    return trivial([solution.answers["f"], solution.answers["df/dx"]])
