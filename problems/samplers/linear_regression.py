"""A line through a few points: by sums, or an epoch or two of gradient descent."""

from __future__ import annotations

from random import Random
from typing import Any

from ..asks import Ask, Posing, posing
from ..rules import unkind
from ..wishes import Draw, Wishes

SETTINGS = ("points", "epochs", "method", "ask")
_METHODS = ("least-squares", "normal-equations", "gradient-descent")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """Points that scatter around a line; the method by the level, or as --set says."""
    count = wishes.count("points", 4 if wishes.level == "easy" else 5, 3, 12)
    usual = {
        "easy": "least-squares",
        "medium": form.choice(("least-squares", "gradient-descent")),
        "hard": form.choice(_METHODS[1:]),
    }
    method = wishes.word("method", usual[wishes.level], _METHODS)
    xs, ys = _points(rng, count, wishes.in_head)
    spec: dict[str, Any] = {
        "kind": "linear-regression",
        "title": "A line through points",
        "x": xs,
        "y": ys,
        "method": method,
    }
    if method == "gradient-descent":
        rate = rng.choice((0.25, 0.5) if wishes.in_head else (0.01, 0.02, 0.05))
        spec |= {
            "start": {"m": 0, "c": 0},
            "learning_rate": rate,
            "epochs": wishes.count("epochs", 1, 1, 5),
            "loss": "mse",
        }
    else:
        spec["predict"] = max(xs) + rng.choice((1, 2))
    offered = _by_descent() if method == "gradient-descent" else _by_sums(method)
    if wishes.in_head:
        offered = {name: ask for name, ask in offered.items() if name in ("line of best fit", "update", "line")}
    return posing(form, Posing(spec, 6, lambda solution: _unfit(solution, wishes.in_head)), offered, wishes)


def _by_sums(method: str) -> dict[str, Ask]:
    offered = {
        "line of best fit": Ask(("m", "c"), share=0.7),
        "with prediction": Ask(("m", "c", "yhat_new[1]")),
        "with fit": Ask(("m", "c", "SS_res", "R2"), share=1.3),
        "line": Ask(("m", "c")),
    }
    return offered if method == "least-squares" else {**offered, "line": Ask(("m",))}


def _by_descent() -> dict[str, Ask]:
    return {
        "update": Ask(("dE/dm", "dE/dc", "m", "c")),
        "error after": Ask(("m", "c", "E"), share=1.3),
        "line": Ask(("m",)),
        "mistake": Ask(("m",)),
    }


def _points(rng: Random, count: int, head: bool) -> tuple[list[int], list[int]]:
    xs = sorted(rng.sample(range(1, count + 4), count))
    if head:
        xs = list(rng.choice(((1, 2, 3), (0, 2, 4), (0, 1, 2, 3), (1, 2, 3, 4, 5), (1, 3, 5, 7))))
    slope, level = rng.choice((-2, -1, 1, 2)), rng.randint(3, 12)
    return xs, [slope * x + level + rng.choice((-2, -1, 0, 1, 2)) for x in xs]


def _unfit(solution: Any, head: bool) -> str:
    numbers = solution.values.numbers
    if any(abs(float(numbers[key])) in (0, 1) for key in ("m", "c")):
        return "an answer is 0 or 1"
    if float(numbers.get("R2", 0)) > 0.9999:
        return "the points lie on the line"
    return unkind(solution, head)
