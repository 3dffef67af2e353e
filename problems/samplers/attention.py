"""Scaled dot-product attention of a few tokens."""

from __future__ import annotations

from random import Random
from typing import Any

from solver.errors import DlsolveError

from ..asks import Ask, Posing, posing
from ..numbers import matrix
from ..rules import confusing
from ..wishes import Draw, Wishes

SETTINGS = ("tokens", "width", "ask")


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
    last = f"{tokens if wishes.level != 'easy' else 1}"
    outputs = tuple(f"out[{last},{column}]" for column in range(1, width + 1))
    offered = {
        "all": Ask(),
        "one output": Ask(outputs, share=0.6),
        "weights": Ask(tuple(f"weight[{last},{k}]" for k in range(1, tokens + 1)), share=0.5),
        "line": Ask(outputs[:1], share=0.7),
        "mistake": Ask(outputs[:1], share=0.7),
    }
    return posing(form, Posing(spec, 4 + 2 * tokens, _unfit), offered, wishes)


def _unfit(solution: Any) -> str:
    """A token that looks at all others alike, or at one alone."""
    rows: dict[str, list[float]] = {}
    for key, value in solution.values.numbers.items():
        if key.startswith("weight[") and value > 0:
            rows.setdefault(key.partition(",")[0], []).append(float(value))
    if any(len(row) > 1 and (max(row) - min(row) < 0.01 or max(row) > 0.97) for row in rows.values()):
        return "a token looks at all alike, or at one alone"
    return confusing(solution)
