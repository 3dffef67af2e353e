"""How the quantities of a descent are written: x[2] after two updates, m_x[2], ∂f/∂x."""

from __future__ import annotations

import re

from ..catalog.optimizers import LETTERS
from ..greek import GREEK
from ..notation import Name, Node

_PARTS = re.compile(r"([A-Za-z]+?)_?([0-9]+)")


def variable(name: str, k: int | None = None) -> Name:
    """A parameter, after k updates: x[2], w1[2], θ[2]."""
    found = _PARTS.fullmatch(name)
    base, sub = (found[1], found[2]) if found else (name, "")
    return Name(GREEK.get(base, base), sub, sup="" if k is None else f"[{k}]")


def quantity(letter: str, name: str, sup: str = "", parameter: str = "") -> Node:
    """What an optimizer keeps of a parameter: m_x[2]; without name where there is but one parameter."""
    sub = variable(name) if name else None
    shown = f"{sub.base}{sub.sub}" if sub else ""
    if letter == "step":
        return Name(f"Δ{variable(parameter or name).base}", variable(parameter or name).sub, sup=sup)
    if letter == "ahead":
        ahead = variable(parameter or name)
        return Name(ahead.base, f"{ahead.sub}ahead", sup=sup)
    return Name(LETTERS.get(letter, letter), shown, sup=sup)
