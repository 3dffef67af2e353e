"""How the quantities of a regression are written."""

from __future__ import annotations

from .. import notation as n
from ..notation import Name, Node

SIGMA = "Σ"


def of_sample(letter: str, sample: int, *, several: bool = False, index: str = "") -> Name:
    """y2, ŷ2, x2 of sample 2; with several features x1[2]."""
    return Name(letter, index, sup=f"[{sample}]") if several else Name(letter, str(sample))


def parameter(key: str, stage: int | None = None) -> Name:
    """m, or m3 after three updates; b1, or b1^(3)."""
    base, sub = key[0], key[1:].replace("_", ",", 1).removeprefix(",")
    if stage is None:
        return Name(base, sub)
    return Name(base, sub, sup=f"({stage})") if sub else Name(base, str(stage))


def column(letters: str) -> Node:
    """The sum of a column: Σxy; Σxδ_0 of class 0."""
    base, _, sub = letters.partition("_")
    return Name(f"{SIGMA}{base}", sub, upright=True) if sub else n.Word(f"{SIGMA}{letters}")


def upright(base: str, sub: str = "") -> Name:
    """SS_res, MSE."""
    return Name(base, sub, upright=True)


R_SQUARED: Node = n.Power(Name("R"), n.Number("2"))
GUESS, MEAN = "ŷ", "ȳ"
