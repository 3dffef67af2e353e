"""A threshold neuron that learns a gate or a few points."""

from __future__ import annotations

from random import Random
from typing import Any

from ..numbers import distinct, spread
from ..wishes import Draw, Wishes

SETTINGS = ("gate", "epochs")
_GATES = ("and", "or", "nand", "nor", "xor")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """The learning table of a gate; hard: of points in the plane."""
    whole = wishes.in_head or wishes.level == "easy"
    numbers = [-2, -1, 1, 2] if whole else spread("-0.5", "0.5", "0.1")
    spec: dict[str, Any] = {"kind": "perceptron"}
    if wishes.level == "hard" and "gate" not in wishes.settings:
        spec |= {"title": "A perceptron separates points", "samples": _points(rng)}
    else:
        gate = wishes.word("gate", form.choice(_GATES[:2] if wishes.level == "easy" else _GATES[:4]), _GATES)
        spec |= {"title": f"A perceptron learns {gate.upper()}", "gate": gate}
    spec |= {
        "weights": distinct(rng, numbers, 2),
        "bias": rng.choice(numbers),
        "learning_rate": 1 if whole else rng.choice((0.1, 0.2, 0.5)),
        "activation": "step",
        "epochs": wishes.count("epochs", 6, 1, 20),
    }
    return Draw(spec, points=8, unfit=_unfit)


def _points(rng: Random) -> list[dict[str, Any]]:
    """Points on both sides of a line, none on it."""
    a, b, c = rng.choice((1, 2)), rng.choice((-2, -1, 1, 2)), rng.choice((-1, 0, 1))
    grid = [(x, y) for x in range(-2, 4) for y in range(-2, 4) if a * x + b * y + c]
    above = rng.sample([p for p in grid if a * p[0] + b * p[1] + c > 0], 2)
    below = rng.sample([p for p in grid if a * p[0] + b * p[1] + c < 0], 2)
    points = [(p, 1) for p in above] + [(p, 0) for p in below]
    rng.shuffle(points)
    return [{"inputs": list(point), "target": target} for point, target in points]


def _unfit(solution: Any) -> str:
    answers = solution.answers
    if not 2 <= answers["epochs"] <= 5:
        return "too few or too many epochs"
    if not answers["converged"]:
        return "it does not converge"
    if any(row["net"] == 0 for row in answers["table"]):
        return "a net input stands at the limit"
    return ""
