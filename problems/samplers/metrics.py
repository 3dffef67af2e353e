"""Accuracy, precision, recall, F1 of a confusion matrix."""

from __future__ import annotations

from random import Random
from typing import Any

from solver.errors import DlsolveError

from ..asks import Ask, Posing, posing
from ..rules import trivial, unkind
from ..wishes import Draw, Wishes

SETTINGS = ("classes", "ask")
_CLASSES = ("cat", "dog", "bird", "fish", "frog")
_RATES = ("accuracy", "precision", "recall", "specificity", "f1")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """Four counts; hard: a matrix of several classes."""
    classes = wishes.count("classes", 3 if wishes.level == "hard" and not wishes.in_head else 2, 2, 5)
    if classes > 2:
        if wishes.in_head:
            raise DlsolveError("metrics: rates of several classes are not for the head; leave --calculator none away")
        return _several(form, rng, classes, wishes)
    tp, tn, fn, fp = (rng.randint(20, 60), rng.randint(20, 90), *rng.sample(range(2, 20), 2))
    if wishes.in_head:
        tp, fn, fp, tn = _round(rng)
    spec: dict[str, Any] = {
        "kind": "metrics",
        "title": _story(form),
        "confusion": {"tp": tp, "fn": fn, "fp": fp, "tn": tn},
    }
    rates = ("accuracy", "precision", "recall", "specificity")
    offered = {"rates": Ask(rates)}
    if not wishes.in_head:
        offered |= {"all": Ask((*rates, "f1"), share=1.2), "F1": Ask(("precision", "recall", "f1"), share=0.8)}
        if wishes.level != "easy":
            offered["mistake"] = Ask((form.choice(("precision", "recall")),))
    return posing(form, Posing(spec, 5, lambda solution: _unfit(solution, wishes.in_head)), offered, wishes)


def _round(rng: Random) -> tuple[int, int, int, int]:
    """Counts whose sums down, across and in all are round, so that every rate is short."""
    total, positive, found = rng.choice(((100, 20, 20), (100, 50, 20), (100, 20, 50), (100, 50, 40), (200, 40, 50)))
    tp = rng.randrange(min(positive, found) // 2, min(positive, found))
    return tp, positive - tp, found - tp, total - positive - found + tp


def _story(rng: Random) -> str:
    return rng.choice(("A test for an illness", "A filter for spam", "A detector of faults", "Finding fraud"))


def _several(form: Random, rng: Random, classes: int, wishes: Wishes) -> Draw:
    rows = [[rng.randint(8, 20) if i == j else rng.randint(1, 5) for j in range(classes)] for i in range(classes)]
    labels = list(_CLASSES[:classes])
    spec = {"kind": "metrics", "title": f"{classes} classes", "labels": labels, "confusion": rows}
    chosen = form.choice(labels)
    offered = {
        "all": Ask(),
        "one class": Ask(tuple(f"{rate}_{chosen}" for rate in ("precision", "recall", "f1")), share=0.6),
        "means": Ask(("macro_precision", "macro_recall", "macro_f1")),
    }
    return posing(form, Posing(spec, 8, lambda solution: _unfit(solution, False)), offered, wishes)


def _unfit(solution: Any, head: bool) -> str:
    numbers = solution.values.numbers
    for name in ("", *(f"_{label}" for label in _CLASSES)):
        rates = [float(numbers[rate + name]) for rate in _RATES if rate + name in numbers]
        if any(abs(a - b) < 0.002 for i, a in enumerate(rates) for b in rates[:i]):
            return "two rates are the same"  # precision for recall would not be seen
        if reason := trivial(rates):
            return reason
    return unkind(solution, head)
