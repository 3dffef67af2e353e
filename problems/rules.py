"""What makes a problem worth doing: rules that its solution has to keep; each gives a reason, or ''."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from solver.algebra import Expr, symbols_of
from solver.working import Step

from .mistakes import collision
from .numbers import flattened

_SATURATED = 0.03
_LONGEST = 7  # characters of a number that one carries in the head


def unkind(solution: Any, in_head: bool) -> str:
    """The first rule for every kind with a Working that the solution breaks."""
    return units(solution) or ties(solution) or (short(solution) if in_head else "") or confusing(solution)


def trivial(numbers: Iterable[Any]) -> str:
    """An answer that is 0 or 1, as many a wrong working gives it too."""
    found = flattened(list(numbers))
    return "an answer is 0 or 1" if any(abs(n) < 5e-4 or abs(abs(n) - 1) < 5e-5 for n in found) else ""


def short(solution: Any) -> str:
    """A line on the page whose value is not short and exact."""
    values = solution.values
    kept = all(key in values.exact and len(values.texts[key]) <= _LONGEST for key in solution.shown_keys)
    return "" if kept else "a value is not short"


def final_keys(solution: Any) -> tuple[str, ...]:
    """The quantities that are asked for, one by one."""
    from solver.topics.assembled import one_by_one

    keys: tuple[str, ...] = one_by_one(solution).answer_keys
    return keys


def confusing(solution: Any) -> str:
    """A classic mistake that leads to the right answers, or two that lead to the same ones."""
    return collision(solution, final_keys(solution))


def units(solution: Any) -> str:
    """A saturated sigmoid, tanh or softmax; ReLUs that are all dead, that cut nothing off, or stand at a kink."""
    numbers = solution.values.numbers
    fires: list[bool] = []
    for step in _before_the_update(solution):
        kind, value = _activation(step.formula), numbers[step.key]
        if kind == "sigmoid" and not _SATURATED < value < 1 - _SATURATED:
            return "a sigmoid is saturated"
        if kind == "tanh" and abs(value) > 1 - _SATURATED:
            return "a tanh is saturated"
        if kind == "softmax" and value > 1 - _SATURATED / 3:
            return "a softmax is saturated"
        if kind == "relu":
            net = float(numbers[next(iter(step.uses))])
            if abs(net) < 1e-9:
                return "a ReLU stands at its kink"
            fires.append(net > 0)
    if fires and not any(fires):
        return "every ReLU is dead"
    return "no ReLU cuts anything off" if len(fires) > 1 and all(fires) else ""


def _before_the_update(solution: Any) -> Iterator[Step]:
    for key, step in solution.working.steps.items():
        if step.rule in ("activation", "attention_weight") and "'" not in key and "@" not in key.partition("@0")[0]:
            yield step


def _activation(formula: Expr) -> str:
    """Which of the activations that saturate or die the formula is, '' for another."""
    name = type(formula).__name__
    if name == "tanh":
        return "tanh"
    if name == "Max" and len(formula.args) == 2 and formula.args[0] == 0:
        return "relu"
    if name == "Pow" and formula.args[1] == -1:
        return "sigmoid"
    has_powers = any(type(each).__name__ == "exp" for each in formula.args)
    return "softmax" if name == "Mul" and has_powers else ""


def ties(solution: Any) -> str:
    """A window with two largest values, a maximum of equals, a probability at the limit between two classes."""
    numbers = solution.values.numbers
    for step in solution.working.steps.values():
        if step.rule != "hit" and type(step.formula).__name__ == "Max" and len(symbols_of(step.formula)) > 1:
            values = [numbers[key] for key in step.uses]
            if values.count(max(values)) > 1:
                return "two values are the largest"
        outs = [key for key in step.uses if key.startswith("yhat")] if step.rule == "predicted_class" else []
        if any(abs(numbers[key] - 0.5) < 5e-3 for key in outs):
            return "a probability stands at the limit"
    return ""
