"""A threshold neuron that learns a gate or a few points."""

from __future__ import annotations

from random import Random
from typing import Any

from ..asks import Ask, Posing, posing
from ..numbers import distinct, spread
from ..wishes import Draw, Wishes

SETTINGS = ("gate", "epochs", "ask")
_TABLES = {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0), "nor": (1, 0, 0, 0)}
_AFTER = "These are the weights and the bias after the fourth sample, that is after the first epoch."
_GATES = tuple(_TABLES)


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """The learning table of a gate; hard: of points in the plane."""
    whole = wishes.in_head or wishes.level == "easy"
    numbers = [-2, -1, 1, 2] if whole else spread("-0.5", "0.5", "0.1")
    spec: dict[str, Any] = {"kind": "perceptron"}
    if wishes.level == "hard" and "gate" not in wishes.settings:
        spec |= {"title": "A perceptron separates points", "samples": _points(rng)}
    else:
        gate = wishes.word("gate", form.choice(_GATES[:2] if wishes.level == "easy" else _GATES), _GATES)
        spec |= {"title": f"A perceptron learns {gate.upper()}", "gate": gate}
    spec |= {
        "weights": distinct(rng, numbers, 2),
        "bias": rng.choice((-1.5, -0.5, 0.5, 1.5) if whole else numbers),  # halves: no net input meets the limit
        "learning_rate": 1 if whole else rng.choice((0.1, 0.2, 0.5)),
        "activation": "step",
        "epochs": wishes.count("epochs", 6, 1, 20),
    }
    if refused := _refused(spec):
        return Draw(spec, refused=refused)
    after = ("w1[4]", "w2[4]", "b[4]")
    offered = {"table": Ask(), "first epoch": Ask(after, share=0.5, words=_AFTER), "line": Ask(after)}
    return posing(form, Posing(spec, 8, _unfit), offered, wishes)


def _points(rng: Random) -> list[dict[str, Any]]:
    """Points on both sides of a line, none on it."""
    a, b, c = rng.choice((1, 2)), rng.choice((-2, -1, 1, 2)), rng.choice((-1, 0, 1))
    grid = [(x, y) for x in range(-2, 4) for y in range(-2, 4) if a * x + b * y + c]
    above = rng.sample([p for p in grid if a * p[0] + b * p[1] + c > 0], 2)
    below = rng.sample([p for p in grid if a * p[0] + b * p[1] + c < 0], 2)
    points = [(p, 1) for p in above] + [(p, 0) for p in below]
    rng.shuffle(points)
    return [{"inputs": list(point), "target": target} for point, target in points]


def _refused(spec: dict[str, Any]) -> str:
    """Learns in plain numbers: how many epochs it takes, and whether a net input meets the limit."""
    samples = spec.get("samples") or [
        {"inputs": [x, y], "target": _TABLES[spec["gate"]][2 * x + y]} for x in (0, 1) for y in (0, 1)
    ]
    weights, rate = [*spec["weights"], spec["bias"]], spec["learning_rate"]
    for epoch in range(1, spec["epochs"] + 1):
        missed = 0
        for sample in samples:
            inputs = [*sample["inputs"], 1]
            net = sum(w * x for w, x in zip(weights, inputs, strict=True))
            if abs(net) < 1e-9:
                return "a net input stands at the limit"
            error = sample["target"] - (net > 0)
            missed += error != 0
            weights = [w + rate * error * x for w, x in zip(weights, inputs, strict=True)]
        if not missed:
            return "" if 2 <= epoch <= 5 else "too few or too many epochs"
    return "it does not converge"


def _unfit(solution: Any) -> str:
    nets = [solution.values.numbers[key] for key in solution.working.steps if key.startswith("in[")]
    return "a net input stands at the limit" if 0 in nets else ""
