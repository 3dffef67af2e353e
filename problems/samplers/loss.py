"""A loss and its gradient by the predictions or by the logits."""

from __future__ import annotations

from random import Random
from typing import Any

from ..asks import Ask, Posing, posing
from ..numbers import Value, distinct, spread
from ..rules import unkind
from ..wishes import Draw, Wishes

SETTINGS = ("outputs", "loss", "ask")
_SQUARES = ("mse", "half_sse", "sse")
_ASK = "Work out the error and its derivative by every prediction."


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """Squares, cross-entropy of probabilities, or (hard) of logits."""
    count = wishes.count("outputs", 2 if wishes.level == "easy" else 4 if wishes.in_head else 3, 2, 6)
    usual = form.choice(_SQUARES if wishes.level == "easy" or wishes.in_head else ("mse", "bce", "cce", "half_sse"))
    loss = wishes.word(
        "loss", "cce" if wishes.level == "hard" and not wishes.in_head else usual, (*_SQUARES, "bce", "cce")
    )
    spec: dict[str, Any] = {"kind": "loss", "loss": loss}
    if loss == "cce":
        return _classes(form, rng, spec, count, wishes)
    title = "Binary cross-entropy" if loss == "bce" else "An error of squares"
    spec |= {"title": title, **_pairs(rng, loss, count, wishes.in_head)}
    return posing(form, Posing(spec, count + 1, lambda s: _unfit(s, wishes), _ASK), _offered("y", count), wishes)


def _offered(letter: str, count: int) -> dict[str, Ask]:
    slopes = tuple(f"dE/d{letter}{k}" for k in range(1, count + 1))
    return {
        "all": Ask(),
        "error": Ask(("E",), share=0.5),
        "gradient": Ask(slopes, share=0.7),
        "line": Ask(),
        "mistake": Ask((slopes[0],)),
    }


def _pairs(rng: Random, loss: str, count: int, in_head: bool) -> dict[str, list[Value]]:
    if loss == "bce":
        return {
            "predicted": distinct(rng, [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9], count),
            "target": [rng.randrange(2) for _ in range(count)],
        }
    numbers = [1, 2, 3, 4, 5, 6] if in_head else spread("0.5", "5", "0.5")
    return {"predicted": distinct(rng, numbers, count), "target": distinct(rng, numbers, count)}


def _classes(form: Random, rng: Random, spec: dict[str, Any], count: int, wishes: Wishes) -> Draw:
    hot = rng.randrange(count)
    spec["target"] = [int(index == hot) for index in range(count)]
    if wishes.level == "hard":
        spec |= {"title": "Cross-entropy of logits", "logits": distinct(rng, spread("-2", "3", "0.5"), count)}
        spec["output"] = "softmax"
        words = "Work out the outputs, the error and its derivative by every logit."
        offered = {name: ask for name, ask in _offered("z", count).items() if name != "mistake"}
        return posing(form, Posing(spec, count + 3, lambda s: _unfit(s, wishes), words), offered, wishes)
    cuts = sorted(rng.sample(range(1, 20), count - 1))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, 20], strict=True)]
    spec |= {"title": "Cross-entropy of one sample", "predicted": [part * 5 / 100 for part in parts]}
    offered = {name: ask for name, ask in _offered("y", count).items() if name in ("all", "error")}
    return posing(form, Posing(spec, count + 1, lambda s: unkind(s, wishes.in_head), _ASK), offered, wishes)


def _unfit(solution: Any, wishes: Wishes) -> str:
    """A prediction that is right, two derivatives that are the same."""
    numbers = solution.values.numbers
    letter = "dE/dz" if "dE/dz1" in numbers else "dE/dy"
    slopes = [value for key, value in numbers.items() if key.startswith(letter) and ":" not in key]
    if 0 in slopes:
        return "a prediction is exactly right"
    if len(set(slopes)) < len(slopes):
        return "two derivatives are the same"
    return unkind(solution, wishes.in_head)
