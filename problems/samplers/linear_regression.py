"""A line through a few points: by sums, or an epoch or two of gradient descent."""

from __future__ import annotations

from random import Random
from typing import Any

from ..rules import in_head
from ..wishes import Draw, Wishes

SETTINGS = ("points", "epochs", "method")
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
    if wishes.in_head:
        spec["find"] = ["m", "c"]
    return Draw(spec, points=6, unfit=lambda solution: _unfit(solution, wishes.in_head))


def _points(rng: Random, count: int, head: bool) -> tuple[list[int], list[int]]:
    xs = sorted(rng.sample(range(1, count + 4), count))
    if head:
        xs = list(rng.choice(((1, 2, 3), (0, 2, 4), (0, 1, 2, 3), (1, 2, 3, 4, 5), (1, 3, 5, 7))))
    slope, level = rng.choice((-2, -1, 1, 2)), rng.randint(3, 12)
    return xs, [slope * x + level + rng.choice((-2, -1, 0, 1, 2)) for x in xs]


def _unfit(solution: Any, head: bool) -> str:
    answers = solution.answers
    if abs(answers["m"]) in (0, 1) or answers["c"] in (0, 1):
        return "an answer is 0 or 1"
    if answers.get("R2", 0) > 0.9999:
        return "the points lie on the line"
    return in_head(solution) if head else ""
