"""What makes a problem worth doing: rules that its solution has to keep; each gives a reason, or ''."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .numbers import flattened

_SATURATED = 0.03
_LONGEST = 7  # characters of a number that one carries in the head


def trivial(numbers: Iterable[Any]) -> str:
    """An answer that is 0 or 1, as many a wrong working gives it too."""
    return (
        "an answer is 0 or 1" if any(abs(n) < 5e-4 or abs(abs(n) - 1) < 5e-5 for n in flattened(list(numbers))) else ""
    )


def in_head(solution: Any) -> str:
    """A line on the page whose value is not short and exact."""
    values = solution.values
    short = all(key in values.exact and len(values.texts[key]) <= _LONGEST for key in solution.shown_keys)
    return "" if short else "a value is not short"


def neurons(numbers: Mapping[str, Any], activations: Mapping[str, str]) -> str:
    """A saturated sigmoid or tanh, ReLU layers that are dead or fully linear, a ReLU at its kink.

    numbers:     the values of the working, net inputs as in_h1 (in_h1[2] for sample 2)
    activations: by the neuron's name
    """
    for key, value in numbers.items():
        kind = activations.get(key.partition("_")[2].partition("[")[0], "")
        if key.startswith("out_") and kind == "sigmoid" and not _SATURATED < value < 1 - _SATURATED:
            return "a sigmoid is saturated"
        if key.startswith("out_") and kind == "tanh" and abs(value) > 1 - _SATURATED:
            return "a tanh is saturated"
        if key.startswith("in_") and kind == "relu" and abs(value) < 1e-9:
            return "a ReLU stands at its kink"
    return _relu(numbers, {name for name, kind in activations.items() if kind == "relu"})


def _relu(numbers: Mapping[str, Any], names: set[str]) -> str:
    fires = [v > 0 for k, v in numbers.items() if k.startswith("in_") and k[3:].partition("[")[0] in names]
    if fires and not any(fires):
        return "every ReLU is dead"
    if len(fires) > 1 and all(fires):
        return "no ReLU cuts anything off"
    return ""


def confused(right: tuple[float, ...], wrong: Mapping[str, tuple[float, ...]]) -> str:
    """A classic mistake that leads to the right answer, or two that lead to the same one (to 4 decimals)."""
    seen = {_rounded(right): "the right answer"}
    for name, answers in wrong.items():
        other = seen.setdefault(_rounded(answers), name)
        if other != name:
            return f"{name} gives the same as {other}"
    return ""


def _rounded(numbers: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(number, 4) + 0.0 for number in numbers)
