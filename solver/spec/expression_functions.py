"""The functions that a typed formula may use: one row = one function."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from sympy import Basic, Max, Min, cos, sin

from ..algebra import (
    Expr,
    Integer,
    Rational,
    absolute,
    exponential,
    hyperbolic_tangent,
    logarithm,
    negative,
    power,
    quotient,
    total,
)
from .fields import did_you_mean


def _in_order(kind: type[Basic], bodies: tuple[Expr, ...]) -> Expr:
    """max or min of two, as typed (SymPy would sort them); of more, the first and the rest."""
    first, *rest = bodies
    if not rest:
        return first
    return Basic.__new__(kind, first, _in_order(kind, tuple(rest)))


def _sigmoid(body: Expr) -> Expr:
    return quotient(Integer(1), total([Integer(1), exponential(negative(body))]))


class Function(Struct, frozen=True):
    """How a function's formula is made, and of how many arguments."""

    make: Callable[..., Expr]
    least: int = 1
    most: int = 1


FUNCTIONS: dict[str, Function] = {
    "exp": Function(exponential),
    "ln": Function(logarithm),
    "log": Function(logarithm),
    "sqrt": Function(lambda body: power(body, Rational(1, 2))),
    "tanh": Function(hyperbolic_tangent),
    "sin": Function(lambda body: sin(body, evaluate=False)),
    "cos": Function(lambda body: cos(body, evaluate=False)),
    "abs": Function(absolute),
    "max": Function(lambda *bodies: _in_order(Max, bodies), 2, 20),
    "min": Function(lambda *bodies: _in_order(Min, bodies), 2, 20),
    "sigmoid": Function(_sigmoid),
    "σ": Function(_sigmoid),
    "relu": Function(lambda body: _in_order(Max, (Integer(0), body))),
}

SYNONYMS = {
    "logistic": "sigmoid",
    "sigma": "sigmoid",
    "root": "sqrt",
    "maximum": "max",
    "minimum": "min",
    "fabs": "abs",
}
_LOGARITHMS = {"log10": 10, "lg": 10, "log2": 2}


def function_like(name: str) -> str:
    """What to write in place of a function that is not known."""
    if name in _LOGARITHMS:
        return f"log is the natural logarithm: write log(...)/log({_LOGARITHMS[name]})"
    fix = did_you_mean(name, FUNCTIONS, SYNONYMS)
    return f"expected {', '.join(FUNCTIONS)}" + (f". {fix}" if fix else "")
