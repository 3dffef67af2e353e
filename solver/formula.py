"""Formula (SymPy) to notation: arguments are walked in the order in which they are stored."""

from __future__ import annotations

from collections.abc import Callable

import sympy

from . import notation as n
from .algebra import Expr
from .notation import Node

Leaf = Callable[[str], Node]
Holds = Callable[[Expr], bool]

_FUNCTIONS = {
    "log": "ln",
    "tanh": "tanh",
    "Max": "max",
    "Min": "min",
    "erf": "erf",
    "sin": "sin",
    "cos": "cos",
}
_SIGNS = {
    "GreaterThan": ">=",
    "StrictGreaterThan": ">",
    "LessThan": "<=",
    "StrictLessThan": "<",
    "Equality": "=",
    "Unequality": "!=",
}


def written(formula: Expr, leaf: Leaf, holds: Holds | None = None) -> Node:
    """The formula as notation.

    leaf:   how a symbol is written: its name, or its number
    holds:  with numbers put in, says which piece of a case distinction is taken; without it all are shown
    """
    return _Writer(leaf, holds).write(formula)


class _Writer:
    def __init__(self, leaf: Leaf, holds: Holds | None) -> None:
        self.leaf = leaf
        self.holds = holds

    def write(self, e: Expr) -> Node:
        if e.is_Symbol:
            return self.leaf(e.name)
        if e.is_Rational:
            return _rational(e)
        if e.is_Add:
            return n.total([self.write(term) for term in e.args])
        if e.is_Mul:
            return self._product(e)
        if e.is_Pow:
            return self._power(e)
        if e.is_Piecewise:
            return self._cases(e)
        return self._function(e)

    def _product(self, e: Expr) -> Node:
        args = list(e.args)
        if args[0] == -1 and len(args) > 1:
            return n.minus(self._factors(args[1:]))
        return self._factors(args)

    def _factors(self, args: list[Expr]) -> Node:
        above = [a for a in args if not _is_below(a)]
        below = [a for a in args if _is_below(a)]
        if not below:
            return n.product([self.write(a) for a in args])
        top = n.product([self.write(a) for a in above]) if above else n.Number("1")
        return n.Fraction(top, n.product([self._inverse(b) for b in below]))

    def _inverse(self, e: Expr) -> Node:
        base, exponent = e.args
        return self.write(base) if exponent == -1 else self._raised(base, -exponent)

    def _power(self, e: Expr) -> Node:
        base, exponent = e.args
        if _is_below(e):
            return n.Fraction(n.Number("1"), self._inverse(e))
        return self._raised(base, exponent)

    def _raised(self, base: Expr, exponent: Expr) -> Node:
        if exponent == sympy.Rational(1, 2):
            return n.Root(self.write(base))
        return n.power(self.write(base), self.write(exponent))

    def _cases(self, e: Expr) -> Node:
        if self.holds is None:
            return n.Cases(
                tuple((self.write(piece), None if when is sympy.true else self.write(when)) for piece, when in e.args)
            )
        return next(self.write(piece) for piece, when in e.args if when is sympy.true or self.holds(when))

    def _function(self, e: Expr) -> Node:
        kind = type(e).__name__
        if kind == "exp":
            return n.Power(n.Name("e"), self.write(e.args[0]))
        if kind == "Abs":
            return n.Absolute(self.write(e.args[0]))
        if kind in ("d", "∂"):  # a derivative not yet taken, see `differentiate`
            operator = n.Partial(n.Word(""), self.write(e.args[1]), straight=kind == "d")
            return n.Prefixed(operator, n.bracket(self.write(e.args[0])))
        if kind in _SIGNS:
            return n.Compare(self.write(e.args[0]), _SIGNS[kind], self.write(e.args[1]))
        if kind in _FUNCTIONS:
            return n.Call(_FUNCTIONS[kind], tuple(self.write(a) for a in _ordered(e)))
        if e is sympy.pi or e is sympy.E:
            return n.Name("π" if e is sympy.pi else "e")
        raise TypeError(f"no notation for {kind}")


def _ordered(e: Expr) -> list[Expr]:
    """Arguments as a teacher writes them: SymPy sorts those of Max, so numbers go first."""
    return sorted(e.args, key=lambda a: not a.is_number)


def _is_below(e: Expr) -> bool:
    return bool(e.is_Pow and e.args[1].is_number and e.args[1].is_negative)


def _rational(e: Expr) -> Node:
    if e.is_Integer:
        return n.Number(str(e))
    if e.is_negative:
        return n.Minus(n.Fraction(n.Number(str(-e.p)), n.Number(str(e.q))))
    return n.Fraction(n.Number(str(e.p)), n.Number(str(e.q)))
