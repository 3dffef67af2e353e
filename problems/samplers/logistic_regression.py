"""A sigmoid neuron learns classes from a feature or two."""

from __future__ import annotations

from random import Random
from typing import Any

from solver.errors import DlsolveError

from ..asks import Ask, Posing, posing
from ..rules import unkind
from ..wishes import Draw, Wishes

SETTINGS = ("points", "epochs", "ask")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """easy and medium: one feature; hard: two. One epoch unless --set says more."""
    if wishes.in_head:
        raise DlsolveError("logistic-regression: a sigmoid cannot be worked in the head; leave --calculator none away")
    count = wishes.count("points", 3 if wishes.level == "easy" else 4, 2, 8)
    xs = sorted(rng.sample([0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5], count))
    ys = [int(index >= count // 2) for index in range(count)]
    weight, bias = rng.choice((0.1, 0.2, 0.3, -0.2)), rng.choice((-0.3, -0.1, 0.1, 0.2))
    start: dict[str, Any] = {"w1": weight, "b": bias}
    rows: list[Any] = list(xs)
    if wishes.level == "hard":
        rows = [[x, rng.choice((-1, 0.5, 1, 2))] for x in xs]
        start["w2"] = rng.choice((-0.4, 0.4, 0.5))
    spec = {
        "kind": "logistic-regression",
        "title": "One step of logistic regression",
        "x": rows,
        "y": ys,
        "start": start,
        "learning_rate": rng.choice((0.1, 0.2, 0.5)),
        "epochs": wishes.count("epochs", 1, 1, 10),
    }
    parameters = tuple(start)
    offered = {
        "update": Ask((*(f"dE/d{key}" for key in parameters), *parameters), share=0.8),
        "error": Ask(("E@0", *parameters, "E")),
        "all": Ask(),
        "line": Ask(("w1",), share=0.8),
        "mistake": Ask(("w1",), share=0.8),
    }
    return posing(form, Posing(spec, 4 + 2 * count, lambda s: unkind(s, False)), offered, wishes)
