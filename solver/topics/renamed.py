"""A formula with other symbols in it, nothing rearranged."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Basic

from ..algebra import Expr, cases

_KEPT = ("Max", "Min")


def renamed(formula: Expr, symbols: Mapping[str, Expr]) -> Expr:
    """The formula with these symbols in place of those with the names; its arguments stay in order."""
    if formula.is_Symbol:
        return symbols.get(formula.name, formula)
    if not formula.args:
        return formula
    if formula.is_Piecewise:
        return cases(*((renamed(piece, symbols), renamed(when, symbols)) for piece, when in formula.args))
    args = [renamed(argument, symbols) for argument in formula.args]
    if type(formula).__name__ in _KEPT:  # SymPy would sort these
        return Basic.__new__(formula.func, *args)
    return formula.func(*args, evaluate=False)
