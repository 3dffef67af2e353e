"""Scaled dot-product attention of a few tokens."""

from __future__ import annotations

from random import Random
from typing import Any

from solver.errors import DlsolveError

from ..numbers import matrix
from ..wishes import Draw, Wishes

SETTINGS = ("tokens", "width")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """easy: one query; medium: queries, keys and values; hard: inputs with weight matrices and a causal mask."""
    if wishes.in_head:
        raise DlsolveError("attention: a softmax cannot be worked in the head; leave --calculator none away")
    tokens, width = wishes.count("tokens", 2 if wishes.level == "easy" else 3, 2, 5), wishes.count("width", 2, 1, 4)
    numbers = [-1, 0, 1, 2, 0.5]
    spec: dict[str, Any] = {"kind": "attention", "title": f"Attention of {tokens} tokens"}
    if wishes.level == "hard":
        spec["inputs"] = matrix(rng, numbers, tokens, width)
        spec |= {name: matrix(rng, numbers, width, width) for name in ("Wq", "Wk", "Wv")}
        if form.random() < 0.5:
            spec["mask"] = "causal"
    else:
        queries = 1 if wishes.level == "easy" else tokens
        spec |= {"queries": matrix(rng, numbers, queries, width), "keys": matrix(rng, numbers, tokens, width)}
        spec["values"] = matrix(rng, [1, 2, 3, 4, 5, -1], tokens, width)
    return Draw(spec, points=4 + 2 * tokens, unfit=_unfit)


def _unfit(solution: Any) -> str:
    """A token that looks at all others alike, or at one alone."""
    for row in solution.answers["weights"]:
        seen = [weight for weight in row if weight > 0]
        if len(seen) > 1 and (max(seen) - min(seen) < 0.01 or max(seen) > 0.97):
            return "a token looks at all alike, or at one alone"
    return ""
