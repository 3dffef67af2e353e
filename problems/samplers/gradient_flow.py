"""Vanishing and exploding gradients through a chain of neurons."""

from __future__ import annotations

from random import Random
from typing import Any

from ..asks import Ask, Posing, posing
from ..numbers import distinct, spread
from ..rules import confusing, short, unkind
from ..wishes import Draw, Wishes

SETTINGS = ("depth", "activation", "ask")
_ACTIVATIONS = ("sigmoid", "tanh", "relu")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """A chain of layers with one neuron each, all weights alike or each its own."""
    depth = wishes.count("depth", {"easy": 3, "medium": 4, "hard": 6}[wishes.level], 2, 20)
    kind = wishes.word("activation", "relu" if wishes.in_head else form.choice(_ASKED[wishes.level]), _ACTIVATIONS)
    numbers = [2, 3, 0.5, 4, 1.5] if wishes.in_head else spread("0.5", "3", "0.5")
    alike = wishes.level == "easy"
    spec: dict[str, Any] = {
        "kind": "gradient-flow",
        "title": f"The gradient through {depth} layers",
        "depth": depth,
        "activation": kind,
        "weight": rng.choice(numbers) if alike else distinct(rng, numbers, depth),
        "input": rng.choice((1, 2, 3, 4, 5) if wishes.in_head else (0.2, 0.4, 0.5, 0.8, 1.2)),
    }
    product, last = (f"dout_{depth}/dx",), (f"out_{depth}",)
    offered = {"product": Ask(product, share=0.8), "forward": Ask(last, share=0.5)}
    if not wishes.in_head:
        offered["all"] = Ask()
    if depth <= 4:
        offered["line"] = Ask(product)
    posed = Posing(spec, depth + 2, lambda solution: _unfit(solution, kind, wishes.in_head))
    return posing(form, posed, offered, wishes)


def _unfit(solution: Any, activation: str, head: bool) -> str:
    """A chain of single neurons with ReLU is linear or dead: it is the case to compare the others with."""
    if activation == "relu":
        return (short(solution) if head else "") or confusing(solution)
    return unkind(solution, head)


_ASKED = {"easy": ("sigmoid", "tanh"), "medium": _ACTIVATIONS, "hard": ("sigmoid", "tanh")}
