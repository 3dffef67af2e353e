"""What an asked layer's search gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..spec.convnet import Shape

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Near:
    """Values that do not give what is wanted, and what they give instead."""

    values: Values
    output: Shape
    parameters: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked and every value that answers it.

    layer:      the layer's name
    asked:      the settings asked for
    bounds:     the values that were tried, by setting, in words
    solutions:  in ascending order; empty when there are none
    nearest:    when there are none: the values that come nearest
    reason:     when values fit the layer, but not what follows: why the first of them does not
    """

    layer: str
    asked: tuple[str, ...]
    bounds: Mapping[str, str]
    solutions: tuple[Values, ...]
    nearest: tuple[Near, ...] = ()
    reason: str = ""
