"""Dropout on a layer: training with a mask, testing with scaled outputs."""

from __future__ import annotations

from random import Random
from typing import Any

from ..asks import Ask, Posing, posing
from ..numbers import distinct, spread
from ..rules import unkind
from ..wishes import Draw, Wishes

SETTINGS = ("units", "ask")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """easy: plain; medium: inverted or not, with gradients; hard: with the layer that follows."""
    units = wishes.count("units", 3 if wishes.level == "easy" else 4, 2, 8)
    numbers = [1, 2, 3, 4, 5, 6, 8] if wishes.in_head else spread("0.2", "4", "0.2")
    dropped = rng.sample(range(units), max(1, units // 2))
    spec: dict[str, Any] = {
        "kind": "dropout",
        "title": f"Dropout on {units} units",
        "activations": distinct(rng, numbers, units),
        "mask": [int(unit not in dropped) for unit in range(units)],
        "keep": rng.choice((0.5, 0.25) if wishes.in_head else (0.5, 0.6, 0.8)),
        "inverted": wishes.level != "easy" and form.random() < 0.6,
    }
    if wishes.level == "hard":
        weights = [-2, -1, 1, 2] if wishes.in_head else spread("-0.9", "0.9", "0.1")
        spec |= {"weights": [distinct(rng, weights, units)], "biases": rng.choice(weights)}
    elif wishes.level == "medium":
        spec["gradient"] = distinct(rng, [1, 2, -1, -2] if wishes.in_head else spread("-0.5", "0.5", "0.1"), units)
    offered = {"all": Ask()}
    if wishes.level == "medium":
        offered["gradient"] = Ask(tuple(f"dE/da{k}" for k in range(1, units + 1)), share=0.8)
    if wishes.level == "hard":
        offered |= {"net input": Ask(("in_o1",)), "line": Ask(("in_o1",)), "mistake": Ask(("in_o1",))}
    return posing(form, Posing(spec, 4, lambda solution: unkind(solution, wishes.in_head)), offered, wishes)
