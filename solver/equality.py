"""Whether two formulas are the same function: held against each other at fixed points, to fifty digits.

Nothing is expanded or simplified; the formulas are walked as they stand, so this takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import add, mul

from sympy import Float, Rational, true

from .algebra import Expr, Symbol, symbols_of

_DIGITS = 60
_CLOSE = Float("1e-50", _DIGITS)
_LARGEST_EXPONENT = 10_000
_FUNCTIONS = ("exp", "log", "tanh", "erf", "sin", "cos", "Abs", "Max", "Min", "sign")
_SPREADS = (1, 1, 1, 2, 2, 3, 3, 9)
_NEEDED = 3


class _UndefinedError(Exception):
    """The formula has no real value at this point."""


def equal(left: Expr, right: Expr) -> bool:
    """Whether both formulas agree at every point of a fixed set at which both are defined.

    Points lie on both sides of 0 and of 1, so that every piece of a usual case distinction is met.

    Raises ValueError when fewer than three points lie in the domain of both, TypeError for a function that
    is not known here.
    """
    met = 0
    for point in _points(symbols_of(left) | symbols_of(right)):
        try:
            one, other = _value(left, point), _value(right, point)
        except _UndefinedError:
            continue
        if abs(one - other) > _CLOSE * (1 + abs(one) + abs(other)):
            return False
        met += 1
    if met < _NEEDED:
        raise ValueError("the formulas share no part of their domains at which they could be compared")
    return True


def _points(symbols: set[Symbol]) -> Iterator[Mapping[Symbol, Expr]]:
    """Points with all coordinates positive, then with signs of their own: no two coordinates are related."""
    ordered = sorted(symbols, key=lambda s: s.name)
    for signed in (False, True):
        for turn, spread in enumerate(_SPREADS):
            yield {s: _coordinate(7 * turn + place, spread, signed) for place, s in enumerate(ordered, 1)}


def _coordinate(number: int, spread: int, signed: bool) -> Expr:
    part = number * 617 % 1009  # 1009 is prime, so the parts scatter over (0, 1) and do not repeat soon
    sign = -1 if signed and (number * 271 % 1009) % 2 else 1
    return Float(Rational(sign * spread * (2 * part + 1), 2018), _DIGITS)


def _value(e: Expr, at: Mapping[Symbol, Expr]) -> Expr:
    """The value as a SymPy Float of the working precision."""
    if e.is_Symbol:
        return at[e]
    if e.is_Rational or e.is_Float:
        return Float(e, _DIGITS)
    if e.is_NumberSymbol:
        return e.evalf(_DIGITS)
    if e.is_Add:
        return reduce(add, [_value(a, at) for a in e.args])
    if e.is_Mul:
        return reduce(mul, [_value(a, at) for a in e.args])
    if e.is_Pow:
        return _power(_value(e.args[0], at), _value(e.args[1], at))
    if e.is_Piecewise:
        return _value(next(piece for piece, when in e.args if _holds(when, at)), at)
    return _function(e, [_value(a, at) for a in e.args])


def _power(base: Expr, exponent: Expr) -> Expr:
    whole = exponent == int(exponent)
    if (base == 0 and exponent <= 0) or (base < 0 and not whole) or abs(exponent) > _LARGEST_EXPONENT:
        raise _UndefinedError
    return _real(base ** int(exponent) if whole else base**exponent)


def _function(e: Expr, arguments: list[Expr]) -> Expr:
    kind = type(e).__name__
    if kind not in _FUNCTIONS:
        raise TypeError(f"no value for {kind}")
    outside = kind == "log" and arguments[0] <= 0
    if outside or (kind == "exp" and abs(arguments[0]) > _LARGEST_EXPONENT):
        raise _UndefinedError
    return _real(e.func(*arguments).evalf(_DIGITS))


def _real(value: Expr) -> Expr:
    if not value.is_Float and not value.is_Integer:
        raise _UndefinedError
    return value


def _holds(when: Expr, at: Mapping[Symbol, Expr]) -> bool:
    """Whether the condition of a piece is true at the point."""
    if when is true:
        return True
    if when.is_Relational:
        return bool(when.func(_value(when.args[0], at), _value(when.args[1], at)))
    return bool(when.func(*(_holds(a, at) for a in when.args)))
