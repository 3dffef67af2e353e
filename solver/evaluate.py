"""Values of a Working: exact while they are rational, then doubles from `math`; or compiled for arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy
from msgspec import Struct, field

from .algebra import Expr, symbols_of
from .errors import NotComputable
from .overflow import lowered, without_zeros
from .progress import rounds
from .rounding import Value, in_full, shown
from .spec.number import Number
from .working import Step, Working

_SLOPES = ("dE/d", "delta_")
_ULPS = 2.0**-50
_OF_LOSS = ("loss", "loss_slope")
_LARGEST = 400  # bits of numerator and denominator; past that a fraction becomes a double


class Values(Struct, frozen=True):
    """Every quantity of a Working with its number.

    numbers: exact fractions or doubles (with carry 'rounded': the rounded ones)
    texts:   as the page shows them: givens as typed, the rest rounded
    exact:   keys whose shown text is the exact value
    lowered: the formulas that were worked in another form, because a part of them leaves double precision
    """

    numbers: dict[str, Value] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    exact: set[str] = field(default_factory=set)
    lowered: dict[str, Expr] = field(default_factory=dict)

    def full(self, key: str) -> str:
        """The number in ASCII as the JSON's `numbers` write it."""
        return in_full(self.numbers[key])

    def number(self, key: str) -> float:
        """The number as a double (never -0.0)."""
        return float(self.numbers[key]) + 0.0


def evaluate(working: Working, digits: int = 4, carry: str = "full") -> Values:
    """Values of all givens and steps, from the first to the last.

    Raises NotComputable, naming the line, for a division by 0, ln 0, or a result beyond double precision.
    """
    values = Values()
    for given in working.givens.values():
        values.numbers[given.key] = given.number.value
        values.texts[given.key] = given.number.text
        if type(given.number) is Number:  # letters have a value only for the check
            values.exact.add(given.key)
    for step in rounds(tuple(working.steps.values()), "line"):
        value = _computed(step, values, carry)
        exact = isinstance(value, Fraction) and values.exact.issuperset(_read(step, values.numbers))
        copied = exact and step.formula.is_Symbol and values.texts[step.formula.name]
        text = copied or shown(value, digits, exact=exact)
        if exact and Fraction(text) == value:
            values.exact.add(step.key)
        values.numbers[step.key] = Fraction(text) if carry == "rounded" else value
        values.texts[step.key] = text
    return values


def _read(step: Step, numbers: Mapping[str, Value]) -> list[str]:
    """The quantities that the value comes from: of a case distinction those of the case that holds."""
    if not step.formula.is_Piecewise:
        return step.uses
    piece = next(p for p, when in (a.args for a in step.formula.args) if holds(when, numbers))
    return [each.name for each in symbols_of(piece)]


def _computed(step: Step, values: Values, carry: str) -> Value:
    blame = " (only the rounding makes it so: carry values in full)" if carry == "rounded" else ""
    try:
        value = settled(_worked(step, values))
        if step.formula.is_Add and step.key.startswith(_SLOPES) and _cancels(value, step.formula, values):
            return Fraction(0)
        if not math.isfinite(value):
            raise OverflowError
    except ZeroDivisionError:
        raise NotComputable(step.key, f"a division by 0{_beside(step)}{blame}") from None
    except ValueError as error:
        raise NotComputable(step.key, f"{_undefined(error)}{_beside(step)}{blame}") from None
    except OverflowError:
        raise NotComputable(step.key, "the value is beyond double precision (about 1.8e308)") from None
    return value


def _cancels(value: Value, formula: Expr, values: Values) -> bool:
    """Whether the terms of a sum of slopes cancel but for the last bits of doubles: their sum is 0."""
    if value == 0 or isinstance(value, Fraction):
        return False
    terms = [value_of(term, values.numbers) for term in formula.args]
    largest = max(abs(float(term)) for term in terms)
    return abs(value) <= _ULPS * largest and not any(isinstance(term, Fraction) and term for term in terms)


def _worked(step: Step, values: Values) -> Value:
    """The value of a step; where exponentials leave double precision on the way, by the lowered formula."""
    try:
        return value_of(step.formula, values.numbers)
    except (OverflowError, ZeroDivisionError, ValueError):
        found = _other_form(step, lambda e: value_of(e, values.numbers))
        if found is None:
            raise
        value = value_of(found, values.numbers)
        values.lowered[step.key] = found
        return value


def _other_form(step: Step, value_of_part: Callable[[Expr], Value]) -> Expr | None:
    """A form of the formula that stays within double precision; a formula that a user typed stays as it is."""
    if step.rule == "formula":
        return None
    if step.rule in _OF_LOSS:
        return without_zeros(step.formula, value_of_part)
    return lowered(step.formula, value_of_part)


def _undefined(error: ValueError) -> str:
    return str(error) if isinstance(error, _NoLogarithm) else "a root of a number that has none"


def _beside(step: Step) -> str:
    """Why a loss has no value: mostly its output is saturated."""
    if step.rule not in _OF_LOSS:
        return ""
    return ": an output came out as 0 or 1 to double precision, where this loss and its slope have no value"


class _NoLogarithm(ValueError):
    """The logarithm of 0 or of a negative number."""


def _logarithm(x: Value) -> Value:
    if x <= 0:
        raise _NoLogarithm("ln 0, which is minus infinity" if x == 0 else "the logarithm of a negative number")
    return math.log(x) if x != 1 else Fraction(0)


def settled(value: Value) -> Value:
    """The value itself, or a double once the exact fraction has grown long."""
    if isinstance(value, Fraction) and value.numerator.bit_length() + value.denominator.bit_length() > _LARGEST:
        return float(value)
    return value


def value_of(formula: Expr, numbers: Mapping[str, Value]) -> Value:
    """The value of a formula. Raises ZeroDivisionError, ValueError or OverflowError where there is none."""
    if formula.is_Symbol:
        return numbers[formula.name]
    if formula.is_Rational:
        return Fraction(int(formula.p), int(formula.q))
    return _EVALUATORS[type(formula).__name__](formula.args, numbers)


def holds(condition: Expr, numbers: Mapping[str, Value]) -> bool:
    """Whether a comparison is true for these numbers."""
    if condition in (sympy.true, sympy.false):
        return condition is sympy.true
    left, right = (value_of(a, numbers) for a in condition.args)
    return _COMPARISONS[type(condition).__name__](left, right)


def _add(args: Sequence[Expr], numbers: Mapping[str, Value]) -> Value:
    value: Value = Fraction(0)
    for arg in args:
        value = value + value_of(arg, numbers)
    return value


def _mul(args: Sequence[Expr], numbers: Mapping[str, Value]) -> Value:
    value: Value = Fraction(1)
    for arg in args:
        if arg.is_Pow and arg.args[1] == -1:  # divided by, not times a rounded reciprocal
            value = value / value_of(arg.args[0], numbers)
        else:
            value = value * value_of(arg, numbers)
    return value


def _pow(args: Sequence[Expr], numbers: Mapping[str, Value]) -> Value:
    base, exponent = (value_of(a, numbers) for a in args)
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        if isinstance(base, Fraction) and abs(exponent) <= 64:
            return base ** int(exponent)
        if exponent == -1:
            return 1 / base
        return float(base) ** int(exponent)
    if exponent == Fraction(1, 2) and isinstance(base, Fraction) and base > 0:
        root = Fraction(math.isqrt(base.numerator), math.isqrt(base.denominator))
        if root * root == base:
            return root
    return math.pow(base, exponent)


def _piecewise(args: Sequence[Expr], numbers: Mapping[str, Value]) -> Value:
    return next(value_of(piece, numbers) for piece, when in (a.args for a in args) if holds(when, numbers))


def _size(value: Value) -> Value:
    return -value if value < 0 else value


def _applied(function: Callable[[Value], Value]) -> Callable[[Sequence[Expr], Mapping[str, Value]], Value]:
    return lambda args, numbers: function(value_of(args[0], numbers))


_EVALUATORS: dict[str, Callable[[Sequence[Expr], Mapping[str, Value]], Value]] = {
    "Add": _add,
    "Mul": _mul,
    "Pow": _pow,
    "Piecewise": _piecewise,
    "Max": lambda args, numbers: max(value_of(a, numbers) for a in args),
    "Min": lambda args, numbers: min(value_of(a, numbers) for a in args),
    "exp": _applied(lambda x: math.exp(x) if x else Fraction(1)),
    "log": _applied(_logarithm),
    "tanh": _applied(lambda x: math.tanh(x) if x else Fraction(0)),
    "erf": _applied(lambda x: math.erf(x) if x else Fraction(0)),
    "sin": _applied(lambda x: math.sin(x) if x else Fraction(0)),
    "cos": _applied(lambda x: math.cos(x) if x else Fraction(1)),
    "Abs": _applied(_size),
    "Pi": lambda args, numbers: math.pi,
    "Exp1": lambda args, numbers: math.e,
}

_COMPARISONS: dict[str, Callable[[Value, Value], bool]] = {
    "GreaterThan": lambda a, b: a >= b,
    "StrictGreaterThan": lambda a, b: a > b,
    "LessThan": lambda a, b: a <= b,
    "StrictLessThan": lambda a, b: a < b,
    "Equality": lambda a, b: a == b,
    "Unequality": lambda a, b: a != b,
}


def compiled(working: Working, inputs: Sequence[str], outputs: Sequence[str], modules: str = "numpy") -> Any:
    """A function of the inputs that returns the outputs, compiled once, for numbers or arrays of variants.

    modules: 'math', 'numpy' or 'cupy'. Givens that are not among the inputs keep their value.
    """
    needed = working.needs(outputs)
    fixed = {k: float(g.number.value) for k, g in working.givens.items() if k not in inputs}
    lines = [(key, step.formula) for key, step in working.steps.items() if key in needed]
    return program(lines, inputs, outputs, fixed, modules)


def program(
    lines: Sequence[tuple[str, Expr]],
    inputs: Sequence[str],
    outputs: Sequence[str],
    fixed: Mapping[str, float],
    modules: str,
) -> Any:
    """The lines as a function, each using inputs, what is fixed, and lines above it; see `compiled`."""
    dummies = {key: sympy.Symbol(f"q{i}") for i, key in enumerate(dict.fromkeys([*inputs, *(key for key, _ in lines)]))}
    swap = {key: sympy.Float(value, 17) for key, value in fixed.items()} | dummies
    body = [
        (dummies[key], formula.xreplace({symbol: swap[symbol.name] for symbol in symbols_of(formula)}))
        for key, formula in lines
    ]
    results = [swap[key] for key in outputs]
    return sympy.lambdify(
        [dummies[k] for k in inputs], results, modules=_modules(modules), cse=lambda _: (body, results)
    )


def _modules(name: str) -> Any:
    """What lambdify takes its functions from; NumPy itself has no erf."""
    if name != "numpy":
        return name
    import numpy

    return [{"erf": numpy.vectorize(math.erf, otypes=[float])}, "numpy"]
