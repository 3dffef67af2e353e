"""The pictures of an activation problem: each function with its slope."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..catalog.activations import ACTIVATIONS
from ..errors import NotAsked
from ..page.activation_curves import curves, marked
from ..spec.activation import Named
from .activation import activation
from .drawing import Drawing, Drawings

if TYPE_CHECKING:
    from ..solution import Worked


def drawings(solution: Worked, find: tuple[str, ...]) -> Drawings:
    """One picture for each function of a single net input, by its name. Raises NotAsked where there is none."""
    single = [each for each in solution.problem.functions if each.activation.name in ACTIVATIONS]
    if not single:
        raise NotAsked("softmax has no curve: each output depends on every net input")
    return {each.name: partial(_curve, each, marked(solution.problem)) for each in single}


def _curve(each: Named, inputs: list[float]) -> Drawing:
    row, setting = ACTIVATIONS[each.activation.name], each.activation.setting
    said = row.title + (f", {row.setting} = {setting.text}" if setting and row.setting else "")
    return activation(said, *curves(each), inputs)
