"""Values and slopes of activation functions; softmax."""

from __future__ import annotations

from random import Random
from typing import Any

from ..asks import Ask, Posing, posing
from ..numbers import Value, distinct, spread
from ..rules import trivial, unkind
from ..wishes import Draw, Wishes

SETTINGS = ("inputs", "ask")
_ASK = "Work out the value and the slope of each function at each net input."
_SMOOTH = ("sigmoid", "tanh", "softplus", "elu")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """Functions side by side at a few net inputs; hard: softmax with its Jacobian."""
    count = wishes.count("inputs", {"easy": 2, "medium": 3, "hard": 3}[wishes.level], 1, 6)
    spec: dict[str, Any] = {"kind": "activation"}
    if wishes.level == "hard" and not wishes.in_head:
        spec |= {"title": "Softmax", "functions": ["softmax"], "inputs": distinct(rng, spread("-2", "3", "0.5"), count)}
        posed = Posing(
            spec,
            6,
            lambda solution: unkind(solution, False) or trivial([solution.answers]),
            "Work out every output and its derivative by every net input.",
        )
        outputs = tuple(f"softmax[{k}]" for k in range(1, count + 1))
        chosen = form.randint(1, count)
        row = tuple(f"softmax'[{chosen}][{k}]" for k in range(1, count + 1))
        return posing(form, posed, {"all": Ask(), "one row": Ask((*outputs, *row), share=0.7)}, wishes)
    bent: list[Any] = ["relu", {"leaky_relu": rng.choice((0.1, 0.2) if not wishes.in_head else (0.5, 0.25))}]
    functions = bent if wishes.in_head else [form.choice(_SMOOTH), bent[form.randrange(2)]]
    spec |= {"title": "Activation functions", "functions": functions, "inputs": _inputs(rng, count, wishes.in_head)}
    posed = Posing(spec, 2 * count, lambda solution: unkind(solution, wishes.in_head), _ASK)
    smooth = "relu" if wishes.in_head else functions[0]
    values = tuple(f"{smooth}[{k}]" for k in range(1, count + 1))
    offered = {"all": Ask(), "values": Ask((*values, *(key.replace("[", "'[") for key in values)), share=0.6)}
    if smooth in ("sigmoid", "tanh") and wishes.level != "easy":
        offered["line"] = Ask()
    return posing(form, posed, offered, wishes)


def _inputs(rng: Random, count: int, in_head: bool) -> list[Value]:
    """Net inputs on both sides of 0."""
    numbers = [1, 2, 3, 4, 0.5] if in_head else spread("0.2", "2.5", "0.1")
    found = distinct(rng, numbers, count)
    return [-number if index % 2 else number for index, number in enumerate(found)]
