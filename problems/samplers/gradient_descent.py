"""Down a bowl of two variables, by plain steps or an optimizer."""

from __future__ import annotations

from random import Random
from typing import Any

from ..asks import Ask, Posing, posing
from ..rules import trivial, unkind
from ..wishes import Draw, Wishes

SETTINGS = ("steps", "optimizer", "ask")
_OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """easy: one variable; medium: two, perhaps coupled; hard: an optimizer with a state."""
    function, start = _bowl(form, rng, wishes)
    spec: dict[str, Any] = {
        "kind": "gradient-descent",
        "title": "Steps down a slope",
        "function": function,
        "start": start,
        "learning_rate": 0.5 if wishes.in_head else rng.choice((0.05, 0.1, 0.2)),
        "steps": wishes.count("steps", {"easy": 2, "medium": 2, "hard": 2}[wishes.level], 1, 10),
    }
    usual = form.choice(_OPTIMIZERS[1:]) if wishes.level == "hard" and not wishes.in_head else "sgd"
    optimizer = wishes.word("optimizer", usual, _OPTIMIZERS)
    if optimizer != "sgd":
        spec["optimizer"] = optimizer
    last = spec["steps"]
    point = tuple(f"{letter}[{last}]" for letter in start)
    offered = {
        "all": Ask(),
        "last point": Ask((*point, f"f[{last}]"), share=0.8, words=f"These are the values after {last} updates."),
        "line": Ask(point, share=0.8),
        "mistake": Ask(("x[1]",), share=0.8),
    }
    return posing(form, Posing(spec, 3 * last, lambda s: _unfit(s, wishes.in_head)), offered, wishes)


def _bowl(form: Random, rng: Random, wishes: Wishes) -> tuple[str, dict[str, Any]]:
    a, b = rng.sample((1, 2, 3) if not wishes.in_head else (1, 3, 5), 2)
    centre = rng.choice((1, 2, 3, -1, -2))
    first = f"{_times(a)}(x {'-' if centre > 0 else '+'} {abs(centre)})^2"
    if wishes.level == "easy":
        return first, {"x": rng.choice([n for n in (-4, -3, 3, 4, 5) if n != centre])}
    mixed = form.choice(("", " + x*y")) if not wishes.in_head else ""
    return f"{first} + {_times(b)}y^2{mixed}", {"x": rng.choice((-3, 4, 5, 6)), "y": rng.choice((-2, 2, 3))}


def _times(factor: int) -> str:
    return "" if factor == 1 else f"{factor}*"


def _unfit(solution: Any, head: bool) -> str:
    reached = [value for key, value in solution.values.numbers.items() if key[0] in "xyf" and key[1:] in ("[1]", "[2]")]
    return unkind(solution, head) or ("" if head else trivial([float(value) for value in reached]))
