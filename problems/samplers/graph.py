"""Computation graphs: values forwards, derivatives backwards."""

from __future__ import annotations

from random import Random
from typing import Any

from ..asks import Ask, Posing, posing
from ..numbers import distinct
from ..rules import trivial, unkind
from ..wishes import Draw, Wishes

SETTINGS = ("function", "ask")
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
    offered = {
        "all": Ask(),
        "one derivative": Ask(("df/dx",), share=0.7),
        "inputs": Ask(("df/dx", "df/dy", "df/dz")),
        "line": Ask(("df/dx",), share=0.7),
        "mistake": Ask(("df/dx",), share=0.7),
    }
    if chosen not in _TWO_PATHS:
        del offered["mistake"]
    points = 2 * len(graphs[chosen]) + 2
    return posing(form, Posing(spec, points, lambda s: _unfit(s, wishes.in_head)), offered, wishes)


_TWO_PATHS = ("two-paths", "max")


def _unfit(solution: Any, head: bool) -> str:
    numbers = solution.values.numbers
    return unkind(solution, head) or ("" if head else trivial([float(numbers["f"]), float(numbers["df/dx"])]))
