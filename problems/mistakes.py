"""Classic mistakes, made in any Working: some lines get another formula, and what follows is worked out anew."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from solver.algebra import Expr, symbols_of
from solver.evaluate import settled, value_of
from solver.rounding import Value
from solver.working import Step, Working

from .mistake_changes import Scene
from .mistake_table import MISTAKES, Mistake

__all__ = ["Mistake", "Slip", "alike", "collision", "same", "slips", "wrong_answers"]


class Slip(Struct, frozen=True, dict=True):
    """A mistake made in a working.

    changed: the new formulas of the lines in which it is made, by key
    """

    mistake: Mistake
    working: Working
    changed: Mapping[str, Expr]

    @cached_property
    def touched(self) -> frozenset[str]:
        """The lines that come out otherwise: those changed, and all that rest on them."""
        found: set[str] = set(self.changed)
        for key, step in self.working.steps.items():
            if key not in found and not found.isdisjoint(step.uses):
                found.add(key)
        return frozenset(found)

    def lines(self, keys: Iterable[str]) -> list[tuple[str, Expr]]:
        """The touched lines that the keys rest on, each after those it uses; none where they go in a circle."""
        order: list[tuple[str, Expr]] = []
        state: dict[str, bool] = {}  # True: done, False: begun
        stack = [key for key in keys if key in self.touched]
        while stack:
            key = stack[-1]
            if key in state:
                stack.pop()
                if not state[key]:
                    state[key] = True
                    order.append((key, self._formula(key)))
                continue
            state[key] = False
            for used in (symbol.name for symbol in symbols_of(self._formula(key))):
                if used in self.touched and not state.get(used, False):
                    if used in state:
                        return []
                    stack.append(used)
        return order

    def _formula(self, key: str) -> Expr:
        return self.changed[key] if key in self.changed else self.working.steps[key].formula

    def values(self, keys: Iterable[str], right: Mapping[str, Value]) -> dict[str, Value]:
        """What the keys come to with this mistake; empty where it cannot be seen or leads to no result."""
        numbers = dict(right)
        keys = list(keys)
        seen = False
        try:
            for key, formula in self.lines(keys):
                numbers[key] = settled(value_of(formula, numbers))
                seen = seen or (key in self.changed and not same(numbers[key], right[key]))
        except (ZeroDivisionError, ValueError, OverflowError):
            return {}
        found = {key: numbers[key] for key in keys}
        return found if seen and all(math.isfinite(value) for value in found.values()) else {}


@runtime_checkable
class Quick(Protocol):
    """A solution that knows a quicker way."""

    def wrong_answers(self, keys: Sequence[str]) -> dict[str, dict[str, float]]:
        """As `wrong_answers`."""


def slips(solution: Any) -> list[Slip]:
    """Every mistake that can be made in a solution's working."""
    scene = Scene(solution.kind, solution.working, solution.problem, solution.conventions)
    found = ((mistake, _changed(mistake, scene)) for mistake in MISTAKES)
    return [Slip(mistake, scene.working, changed) for mistake, changed in found if changed]


def wrong_answers(solution: Any, keys: Iterable[str]) -> dict[str, dict[str, float]]:
    """By the name of each mistake that can be made on the way to the keys: what each of them comes to with it."""
    keys = [key for key in keys if key in solution.working.steps]
    if isinstance(solution, Quick):
        return solution.wrong_answers(keys)
    found = {slip.mistake.name: slip.values(keys, solution.full_values.numbers) for slip in slips(solution)}
    return {name: {k: float(v) for k, v in values.items()} for name, values in found.items() if values}


def _changed(mistake: Mistake, scene: Scene) -> dict[str, Expr]:
    if mistake.kinds and scene.kind not in mistake.kinds:
        return {}
    found: dict[str, Expr] = {}
    for key, step in scene.working.steps.items():
        formula = _other(mistake, step, scene)
        if formula is not None and formula != step.formula:
            found[key] = formula
    return found


def _other(mistake: Mistake, step: Step, scene: Scene) -> Expr | None:
    return mistake.change(step, scene) if step.rule in mistake.rules else None


def same(one: Value, other: Value) -> bool:
    """Whether two numbers differ by rounding alone."""
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-15)


def collision(solution: Any, keys: Iterable[str]) -> str:
    """A mistake that leads to the right answers, or two that lead to the same ones (as shown); '' for none."""
    keys = [key for key in keys if key in solution.working.steps]
    return alike({key: float(solution.full_values.numbers[key]) for key in keys}, wrong_answers(solution, keys))


def alike(right: Mapping[str, float], wrong: Mapping[str, Mapping[str, float]]) -> str:
    """Which answers cannot be told apart: the right ones, or by the name of each mistake those it leads to."""
    seen = {"the right answer": right}
    for name, values in wrong.items():
        for other, theirs in seen.items():
            if all(_shown(values[key]) == _shown(theirs[key]) for key in values):
                return f"{name} gives the same as {other}"
        seen[name] = values
    return ""


def _shown(number: float) -> float:
    """As a page shows it: to 4 decimals, below 0.1 to 4 digits."""
    return round(number, 4) if abs(number) >= 0.1 else float(f"{number:.4g}")
