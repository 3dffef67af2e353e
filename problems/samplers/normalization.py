"""Batch and layer normalization of a small table."""

from __future__ import annotations

from random import Random
from typing import Any

from ..asks import Ask, Posing, posing
from ..rules import unkind
from ..wishes import Draw, Wishes

SETTINGS = ("samples", "features", "method", "ask")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """easy: one feature; medium: two with γ and β; hard: with gradients from a target."""
    samples = wishes.count("samples", 2 if wishes.in_head else 3, 2, 6)
    usual = "batch" if wishes.level == "easy" or wishes.in_head else form.choice(("batch", "layer"))
    method = wishes.word("method", usual, ("batch", "layer"))
    least = 3 if method == "layer" and not wishes.in_head else 1  # of two numbers every normalized one is 1 or -1
    features = wishes.count("features", max(least, 1 if wishes.level == "easy" else 2), 1, 4)
    columns = [rng.sample(range(0, 10, 2) if wishes.in_head else range(1, 10), samples) for _ in range(features)]
    spec: dict[str, Any] = {
        "kind": "normalization",
        "title": f"{method.capitalize()} normalization",
        "method": method,
        "inputs": [list(row) for row in zip(*columns, strict=True)],
        "epsilon": 0,
    }
    if wishes.level != "easy":
        spec |= {
            "gamma": [rng.choice((0.5, 1.5, 2)) for _ in range(features)],
            "beta": [rng.choice((-0.5, 0.5, 1)) for _ in range(features)],
        }
    if wishes.level == "hard" and not wishes.in_head:
        spec |= {"target": [[rng.randint(0, 2) for _ in range(features)] for _ in range(samples)], "loss": "half_sse"}
    first = tuple(f"out[{row},1]" for row in range(1, samples + 1))
    if method == "layer":
        first = tuple(f"out[1,{column}]" for column in range(1, features + 1))
    offered = {"all": Ask(), "one group": Ask(first, share=0.6), "line": Ask(first[:1], share=0.6)}
    if "target" in spec:
        offered |= {"input gradient": Ask(("dE/dx[1,1]",)), "parameters": Ask(("dE/dgamma[1]", "dE/dbeta[1]"))}
        offered["line"] = Ask(("dE/dgamma[1]",))
    elif not wishes.in_head:
        offered["mistake"] = Ask(first[:1], share=0.7)
    return posing(form, Posing(spec, 4 + 2 * features, lambda s: unkind(s, wishes.in_head)), offered, wishes)
