"""How large the numbers of a typed formula may get, told from the formula alone."""

from __future__ import annotations

import math
from fractions import Fraction

from ..algebra import Expr

LARGEST_DEGREE = 1024
_EXACT_UP_TO = 64  # whole powers up to this one are worked out exactly
_BEYOND = Fraction(2) ** 1024  # stands for every number that no double holds


def number_in(e: Expr) -> Fraction | None:
    """The value of a formula of plain numbers, by doubles where its powers are large or broken; None for others."""
    if e.is_Rational:
        return Fraction(int(e.p), int(e.q))
    if not (e.is_Add or e.is_Mul or e.is_Pow):
        return None
    values = [value for value in map(number_in, e.args) if value is not None]
    if len(values) < len(e.args):
        return None
    if e.is_Pow:
        return _power(*values)
    return sum(values, Fraction(0)) if e.is_Add else math.prod(values, start=Fraction(1))


def _power(base: Fraction, n: Fraction) -> Fraction | None:
    if _is_exact(n):
        return Fraction(base ** int(n)) if base or n > 0 else None
    try:
        return Fraction(math.pow(base, n))
    except ValueError:
        return None
    except OverflowError:
        return _BEYOND


def _is_exact(n: Fraction) -> bool:
    return n.denominator == 1 and abs(n) <= _EXACT_UP_TO


def degree(e: Expr) -> int:
    """How many times as long as a single number the exact value of the formula may get."""
    if e.is_Add or e.is_Mul:
        return sum(map(degree, e.args))
    n = number_in(e.args[1]) if e.is_Pow else None
    if n is None or not _is_exact(n):
        return 1
    return degree(e.args[0]) * max(1, abs(int(n)))
