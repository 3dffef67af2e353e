"""Vanishing and exploding gradients through a chain of neurons."""

from __future__ import annotations

from random import Random
from typing import Any

from ..numbers import distinct, spread
from ..rules import in_head
from ..wishes import Draw, Wishes

SETTINGS = ("depth", "activation")
_ACTIVATIONS = ("sigmoid", "tanh", "relu")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """A chain of layers with one neuron each, all weights alike or each its own."""
    depth = wishes.count("depth", {"easy": 3, "medium": 4, "hard": 6}[wishes.level], 2, 20)
    kind = wishes.word("activation", "relu" if wishes.in_head else form.choice(_ASKED[wishes.level]), _ACTIVATIONS)
    numbers = [2, 3, 0.5] if wishes.in_head else spread("0.5", "3", "0.5")
    alike = wishes.level == "easy"
    spec: dict[str, Any] = {
        "kind": "gradient-flow",
        "title": f"The gradient through {depth} layers",
        "depth": depth,
        "activation": kind,
        "weight": rng.choice(numbers) if alike else distinct(rng, numbers, depth),
        "input": rng.choice((1, 2, 3) if wishes.in_head else (0.2, 0.4, 0.5, 0.8, 1.2)),
    }
    if wishes.in_head:
        spec["find"] = [f"dout_{depth}/dx"]
    return Draw(spec, points=depth + 2, unfit=lambda solution: in_head(solution) if wishes.in_head else "")


_ASKED = {"easy": ("sigmoid", "relu"), "medium": _ACTIVATIONS, "hard": ("sigmoid", "tanh")}
