"""Accuracy, precision, recall, F1 of a confusion matrix."""

from __future__ import annotations

from random import Random
from typing import Any

from ..rules import in_head, trivial
from ..wishes import Draw, Wishes

SETTINGS = ("classes",)
_CLASSES = ("cat", "dog", "bird", "fish", "frog")
_RATES = ("accuracy", "precision", "recall", "specificity", "f1")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """Four counts; hard: a matrix of several classes."""
    classes = wishes.count("classes", 3 if wishes.level == "hard" else 2, 2, 5)
    if classes > 2:
        return _several(rng, classes)
    tp, tn, fn, fp = (rng.randint(20, 60), rng.randint(20, 90), *rng.sample(range(2, 20), 2))
    if wishes.in_head:
        tp, fn, fp, tn = _round(rng)
    spec: dict[str, Any] = {
        "kind": "metrics",
        "title": _story(form),
        "confusion": {"tp": tp, "fn": fn, "fp": fp, "tn": tn},
    }
    if wishes.in_head:
        spec["find"] = ["accuracy", "precision", "recall", "specificity"]
    return Draw(spec, points=5, unfit=lambda solution: _unfit(solution, wishes.in_head))


def _round(rng: Random) -> tuple[int, int, int, int]:
    """Counts whose sums are round."""
    positive, negative = rng.choice((10, 20, 40, 50)), rng.choice((10, 20, 40, 50))
    fn, fp = rng.randrange(1, positive // 2), rng.randrange(1, negative // 2)
    return positive - fn, fn, fp, negative - fp


def _story(rng: Random) -> str:
    return rng.choice(("A test for an illness", "A filter for spam", "A detector of faults", "Finding fraud"))


def _several(rng: Random, classes: int) -> Draw:
    rows = [[rng.randint(8, 20) if i == j else rng.randint(1, 5) for j in range(classes)] for i in range(classes)]
    spec = {"kind": "metrics", "title": f"{classes} classes", "labels": list(_CLASSES[:classes]), "confusion": rows}
    return Draw(spec, points=8)


def _unfit(solution: Any, head: bool) -> str:
    rates = [solution.answers[name] for name in _RATES if name in solution.answers]
    if len({round(rate, 4) for rate in rates}) < len(rates):
        return "two rates are the same"  # precision for recall would not be seen
    return trivial(rates) or (in_head(solution) if head else "")
