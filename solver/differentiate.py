"""Derivatives as they are worked on paper: line by line, each line with the rules that made it.

A derivative not yet taken stands in a line as a marker, a function of the name d (or ∂ where the formula has
several variables) with two arguments: the body, and the symbol by which it is differentiated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from sympy import E, Function, Gt, Lt, cos, pi, sin

from .algebra import (
    Expr,
    Integer,
    Rational,
    Symbol,
    cases,
    difference,
    exponential,
    logarithm,
    negative,
    power,
    product,
    symbols_of,
    total,
)
from .derivative_rules import DERIVATIVE_RULES
from .equality import equal
from .tidy import arranged, cases_inside, is_below, raised, swept, taken_apart, tidied, times, turned

__all__ = ["DERIVATIVE_RULES", "Line", "derivation", "derivative", "equal", "is_marker"]

_ZERO, _ONE, _TWO, _HALF = Integer(0), Integer(1), Integer(2), Rational(1, 2)
_STRAIGHT, _PARTIAL = Function("d"), Function("∂")


def _sign_of(u: Expr) -> Expr:
    above, below = Gt(u, _ZERO, evaluate=False), Lt(u, _ZERO, evaluate=False)
    return cases((_ONE, above), (Integer(-1), below), (_ZERO, True))


Outer = Callable[[Expr, Expr], tuple[Expr, ...]]

_OUTER: dict[str, tuple[str, Outer]] = {
    "exp": ("exponential", lambda e, u: (e,)),
    "log": ("logarithm", lambda e, u: (power(u, -1),)),
    "tanh": ("tanh", lambda e, u: (difference(_ONE, power(e, 2)),)),
    "erf": ("erf", lambda e, u: (_TWO, power(power(pi, _HALF), -1), exponential(negative(power(u, 2))))),
    "sin": ("sin", lambda e, u: (cos(u, evaluate=False),)),
    "cos": ("cos", lambda e, u: (Integer(-1), sin(u, evaluate=False))),
    "Abs": ("absolute", lambda e, u: (_sign_of(u),)),
}
"""For each function its rule, and the factors of its slope from the formula itself and its argument."""


class Line(Struct, frozen=True):
    """One line of a derivation and the rules that lead to it from the line before (none: the first line)."""

    rules: tuple[str, ...]
    formula: Expr


def derivation(formula: Expr, by: Symbol) -> tuple[Line, ...]:
    """The derivative of the formula, line by line; every other symbol is held fixed.

    Raises TypeError for a function that has no rule here.
    """
    several = bool(symbols_of(formula) - {by})
    marker = _PARTIAL if several else _STRAIGHT
    lines = [Line((), marker(formula, by))]
    while _is_open(lines[-1].formula):
        lines.append(_next_line(lines[-1].formula, by, marker))
    for rule, change in (("tidy", tidied), ("sign", turned)):
        after = change(lines[-1].formula)
        if arranged(after) == arranged(lines[-1].formula):
            lines[-1] = Line(lines[-1].rules, after)
        else:
            lines.append(Line((rule,), after))
    return tuple(lines)


def derivative(formula: Expr, by: Symbol) -> Expr:
    """The last line of the derivation. Raises TypeError for a function that has no rule here."""
    return derivation(formula, by)[-1].formula


def is_marker(e: Expr) -> bool:
    """Whether this is a derivative not yet taken; its arguments are the body and the symbol."""
    return e.func is _STRAIGHT or e.func is _PARTIAL


def _is_open(e: Expr) -> bool:
    """Whether a derivative is still to be taken: markers stand in sums, products and cases only."""
    if e.is_Add or e.is_Mul:
        return any(_is_open(a) for a in e.args)
    if e.is_Piecewise:
        return any(_is_open(piece) for piece, _ in e.args)
    return is_marker(e)


def _holds(e: Expr, by: Symbol) -> bool:
    return e == by or any(_holds(a, by) for a in e.args)


def _next_line(before: Expr, by: Symbol, marker: Callable[[Expr, Symbol], Expr]) -> Line:
    clean = swept(before)
    taking = _Taking(by, marker)
    after = taking.everywhere(clean)
    if clean != before:
        taking.use("tidy")
    return Line(tuple(taking.rules), after)


class _Taking:
    """Takes every open derivative of one line by one rule each, and notes the rules in order.

    Sums, constant factors and cases are passed through, so that the rule for what stands in them is used
    in the same line; the derivative of an inner function waits for the next line.
    """

    def __init__(self, by: Symbol, marker: Callable[[Expr, Symbol], Expr]) -> None:
        self.by = by
        self.marker = marker
        self.rules: list[str] = []

    def use(self, rule: str) -> None:
        if rule not in self.rules:
            self.rules.append(rule)

    def everywhere(self, e: Expr) -> Expr:
        if is_marker(e):
            return self.slope(e.args[0])
        if e.is_Add:
            return total([self.everywhere(term) for term in e.args])
        if e.is_Mul:
            return times([self.everywhere(factor) for factor in e.args])
        if e.is_Piecewise:
            return cases(*((self.everywhere(piece), when) for piece, when in e.args))
        return e

    def slope(self, e: Expr) -> Expr:
        if e == self.by:
            self.use("variable")
            return _ONE
        if not _holds(e, self.by):
            self.use("constant")
            return _ZERO
        if e.is_Add:
            self.use("sum")
            return total([self._term(term) for term in e.args])
        if e.is_Mul:
            return self._product(e)
        if e.is_Pow:
            return self._power(*e.args)
        if e.is_Piecewise:
            self.use("cases")
            return cases(*((self.slope(piece), when) for piece, when in e.args))
        return self._function(e)

    def _term(self, term: Expr) -> Expr:
        slope = self.slope(term)
        # 1 - 0, not 1 + 0: the sign of a term that drops out is still seen
        return negative(slope) if slope == 0 and term.is_Mul and term.args[0] == -1 else slope

    def _inner(self, e: Expr) -> Expr:
        """The derivative of a part, left for the next line unless it is the variable itself."""
        return self.slope(e) if e == self.by else self.marker(e, self.by)

    def _chained(self, rule: str, outer: Sequence[Expr], inner: Expr) -> Expr:
        self.use(rule)
        if inner == self.by:
            return times(outer)
        self.use("chain")
        return times([*outer, self.marker(inner, self.by)])

    def _product(self, e: Expr) -> Expr:
        moving = [factor for factor in e.args if _holds(factor, self.by)]
        if len(moving) < len(e.args):
            self.use("constant_factor")
        if len(moving) == 1:
            slopes = [self.slope(a) if a is moving[0] else a for a in e.args]
            return times([s for s, a in zip(slopes, e.args, strict=True) if s != 1 or a is not moving[0]])
        fixed = [factor for factor in e.args if not _holds(factor, self.by)]
        above = [factor for factor in moving if not is_below(factor)]
        below = [factor for factor in moving if is_below(factor)]
        core = self._quotient(above, below) if above and below else [self._each_in_turn(moving)]
        return times([*fixed, *core])

    def _each_in_turn(self, factors: list[Expr]) -> Expr:
        self.use("product")
        turns = range(len(factors))
        return total([times([self._inner(f) if i == k else f for i, f in enumerate(factors)]) for k in turns])

    def _quotient(self, above: list[Expr], below: list[Expr]) -> list[Expr]:
        self.use("quotient")
        top, bottom = times(above), times([raised(b.args[0], negative(b.args[1])) for b in below])
        change = [times([self._inner(top), bottom]), times([Integer(-1), top, self._inner(bottom)])]
        return [total(change), *(raised(b.args[0], product(_TWO, b.args[1])) for b in below)]

    def _power(self, base: Expr, exponent: Expr) -> Expr:
        e = power(base, exponent)
        if _holds(exponent, self.by):
            return self._exponential(e, base, exponent)
        n = tidied(exponent)
        if n == 0:
            self.use("constant")
            return _ZERO
        if n == 1:
            return self.slope(base)
        if n == _HALF:
            return self._chained("root", [power(product(_TWO, e), -1)], base)
        return self._chained("power", [n, raised(base, difference(n, _ONE))], base)

    def _exponential(self, e: Expr, base: Expr, exponent: Expr) -> Expr:
        if base is E:
            return self._chained("exponential", [e], exponent)
        if not _holds(base, self.by):
            return self._chained("number_to_power", [e, logarithm(base)], exponent)
        self.use("power_of_functions")
        return times([e, self.marker(product(exponent, logarithm(base)), self.by)])

    def _function(self, e: Expr) -> Expr:
        kind = type(e).__name__
        inside = cases_inside(e) if kind in ("Abs", "Max", "Min") else None
        if inside is not None:
            return self.slope(taken_apart(e, inside))
        if kind in ("Max", "Min"):
            return self._extreme(e, kind)
        if kind not in _OUTER:
            raise TypeError(f"no rule for the derivative of {kind}")
        rule, outer = _OUTER[kind]
        return self._chained(rule, outer(e, e.args[0]), e.args[0])

    def _extreme(self, e: Expr, kind: str) -> Expr:
        self.use("maximum" if kind == "Max" else "minimum")
        first, *others = sorted(e.args, key=lambda a: not a.is_number)
        rest = e.func(*others, evaluate=False) if len(others) > 1 else others[0]
        wins = (Gt if kind == "Max" else Lt)(rest, first, evaluate=False)
        return cases((self.slope(rest), wins), (self.slope(first), True))
