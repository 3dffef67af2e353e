"""Formulas of which a part leaves double precision, written so that none does.

A fraction over a sum of exponentials (sigmoid, softmax) has both its parts divided by the largest of them, and the
logarithm of such a sum (softplus, log-softmax) has the largest taken out of it: the value stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from .algebra import Expr, Integer, difference, exponential, logarithm, negative, power, product, total
from .rounding import Value

_ULPS = 2.0**-50
ValueOf = Callable[[Expr], Value]


def lowered(formula: Expr, value_of: ValueOf) -> Expr | None:
    """The same formula with exponents of at most 0; None where it has no sum of exponentials to lower."""
    found = _Lowering(value_of).write(formula)
    return None if found is formula else found


def without_zeros(formula: Expr, value_of: ValueOf) -> Expr:
    """The same formula with 0 for every product that has the exact factor 0: 0 ln 0 is 0, as its limit is."""
    if formula.is_Mul and any(not _is_inverse(f) and _is_zero(f, value_of) for f in formula.args):
        return Integer(0)
    if not formula.args:
        return formula
    return formula.func(*(without_zeros(arg, value_of) for arg in formula.args), evaluate=False)


def _is_zero(factor: Expr, value_of: ValueOf) -> bool:
    """Whether a sum or symbol is exactly 0 (its logarithms, which may have no value, are not looked at)."""
    if not (factor.is_Symbol or factor.is_Add):
        return False
    value = value_of(factor)
    return isinstance(value, Fraction) and value == 0


def summed(value: Value, terms: Sequence[Value]) -> Value:
    """The sum of these terms; 0 where they are doubles that cancel but for their last bits."""
    if isinstance(value, Fraction) or any(isinstance(term, Fraction) and term for term in terms):
        return value
    largest = max(abs(float(term)) for term in terms)
    return Fraction(0) if abs(value) <= _ULPS * largest else value


class _Lowering:
    def __init__(self, value_of: ValueOf) -> None:
        self.value_of = value_of

    def write(self, e: Expr) -> Expr:
        """The formula with its fractions and logarithms lowered; the very same object where nothing changes."""
        if e.is_Mul or _is_inverse(e):
            return self._fraction(e)
        if type(e).__name__ == "log":
            return self._logarithm(e)
        return self._inside(e)

    def _inside(self, e: Expr) -> Expr:
        args = [self.write(arg) for arg in e.args]
        if all(new is old for new, old in zip(args, e.args, strict=True)):
            return e
        return e.func(*args, evaluate=False)

    def _fraction(self, e: Expr) -> Expr:
        factors = list(e.args) if e.is_Mul else [e]
        bottom = next((f for f in factors if _is_inverse(f) and any(_exponents(f.args[0]))), None)
        if bottom is None:
            return self._inside(e)
        top = [f for f in factors if f is not bottom and f != 1]
        most = self._largest(bottom.args[0])
        under = power(self._divided(bottom.args[0], most), -1)
        grown = next((f for f in top if type(f).__name__ == "exp"), None)
        if grown is None:
            return product(*top, exponential(negative(most)), under)
        return product(*(self._divided(f, most) if f is grown else f for f in top), under)

    def _logarithm(self, e: Expr) -> Expr:
        if not any(_exponents(e.args[0])):
            return self._inside(e)
        most = self._largest(e.args[0])
        return total([most, logarithm(self._divided(e.args[0], most))])

    def _largest(self, body: Expr) -> Expr:
        return max(_exponents(body), key=self.value_of)

    def _divided(self, body: Expr, most: Expr) -> Expr:
        """A sum of exponentials and numbers, each divided by e to `most`."""
        if body.is_Add:
            return total([self._divided(term, most) for term in body.args])
        if type(body).__name__ == "exp":
            return exponential(difference(body.args[0], most))
        return exponential(negative(most)) if body == 1 else product(body, exponential(negative(most)))


def _is_inverse(e: Expr) -> bool:
    return bool(e.is_Pow and e.args[1] == -1)


def _exponents(body: Expr) -> Iterator[Expr]:
    """What e is raised to in the terms of a sum."""
    for term in body.args if body.is_Add else (body,):
        if type(term).__name__ == "exp":
            yield term.args[0]
