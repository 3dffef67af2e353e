"""A recurrent unit through a few times, forwards or back through time."""

from __future__ import annotations

from random import Random
from typing import Any

from ..asks import Ask, Posing, posing
from ..numbers import distinct, spread
from ..rules import trivial, unkind
from ..wishes import Draw, Wishes

SETTINGS = ("times", "cell", "ask")
_GATES = {"lstm": "fioc", "gru": "zrh"}


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """easy: rnn forwards; medium: rnn with backpropagation through time; hard: lstm or gru forwards."""
    hard = wishes.level == "hard" and not wishes.in_head
    cell = wishes.word("cell", form.choice(("lstm", "gru")) if hard else "rnn", ("rnn", "lstm", "gru"))
    times = wishes.count("times", 2 if cell != "rnn" else 3, 1, 6)
    numbers = [1, 2, -1, 0.5] if wishes.in_head else spread("-0.9", "0.9", "0.1")
    spec: dict[str, Any] = {
        "kind": "recurrent",
        "title": f"{times} times through {_CALLED[cell]}",
        "cell": cell,
        "inputs": distinct(rng, [1, 2, -1] if wishes.in_head else [0.5, 1, -1, 1.5, 2, -0.5], times),
        "weights": _weights(rng, cell, numbers),
    }
    if wishes.in_head:
        spec["activation"] = "linear"
    if wishes.level == "medium" and cell == "rnn":
        spec |= {"target": rng.choice((2, 3) if wishes.in_head else (0.2, 0.6, 0.8)), "loss": "half_sse"}
    offered = {"all": Ask(), "last state": Ask((f"h_{times}",), share=0.6), "line": Ask((f"h_{times}",), share=0.6)}
    if "target" in spec:
        shared = form.choice(("Wx", "Wh", "b"))
        offered |= {"one gradient": Ask((f"dE/d{shared}",), share=0.9), "mistake": Ask((f"dE/d{shared}",), share=0.9)}
    elif cell == "lstm":
        offered["cell state"] = Ask((f"c_{times}",), share=0.7)
    return posing(form, Posing(spec, 4 * times, lambda solution: _unfit(solution, wishes.in_head)), offered, wishes)


_CALLED = {"rnn": "a recurrent unit", "lstm": "an LSTM", "gru": "a GRU"}


def _weights(rng: Random, cell: str, numbers: list[Any]) -> dict[str, Any]:
    gates = [f"{letter}{gate}" for gate in _GATES.get(cell, "") for letter in "WUb"]
    names = gates or ["Wx", "Wh", "b"]
    return dict(zip(names, distinct(rng, numbers, len(names)), strict=True))


def _unfit(solution: Any, head: bool) -> str:
    states = [float(value) for key, value in solution.values.numbers.items() if key[:2] == "h_" and key != "h_0"]
    return unkind(solution, head) or ("" if head else trivial(states))
