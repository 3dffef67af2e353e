"""The pictures of an activation problem: each function with its slope."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ..algebra import symbol
from ..catalog.activations import ACTIVATIONS
from ..errors import NotAsked
from ..evaluate import value_of
from ..spec.activation import Named
from .activation import activation
from .drawing import Drawing, Drawings

if TYPE_CHECKING:
    from ..solution import Worked


def drawings(solution: Worked, find: tuple[str, ...]) -> Drawings:
    """One picture for each function of a single net input, by its name. Raises NotAsked where there is none."""
    marked = sorted({float(number.value) for row in solution.problem.rows for number in row})
    single = [each for each in solution.problem.functions if each.activation.name in ACTIVATIONS]
    if not single:
        raise NotAsked("softmax has no curve: each output depends on every net input")
    return {each.name: partial(_curve, each, marked) for each in single}


def _curve(each: Named, marked: list[float]) -> Drawing:
    row, setting = ACTIVATIONS[each.activation.name], each.activation.setting
    a = float(setting.value) if setting else 0.0
    value = _function(row.formula(symbol("z"), symbol("a")), a)
    slope = _function(row.slope(symbol("z"), symbol("y"), symbol("a")), a, value)
    said = row.title + (f", {row.setting} = {setting.text}" if setting and row.setting else "")
    return activation(said, value, slope, marked)


def _function(formula: object, a: float, output: Callable[[float], float] | None = None) -> Callable[[float], float]:
    def at(z: float) -> float:
        return float(value_of(formula, {"z": z, "a": a, "y": output(z) if output else 0.0}))

    return at
