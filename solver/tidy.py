"""How a worked line is tidied: what drops out, what is multiplied out, and nothing else.

`swept` only drops 0 and 1. `tidied` also collects signs and numbers, equal factors and like terms, and puts
what is divided by last. `turned` takes a minus into a difference. None of them looks into the argument of a
function or into the base of a power, none expands, and what stays keeps its order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import true

from .algebra import Expr, Integer, cases, negative, power, product, total

_ZERO, _ONE = Integer(0), Integer(1)
_LARGEST_POWER = 16

Split = tuple[Expr, tuple[Expr, ...]]
"""A product as its number and its other factors."""


def times(factors: Iterable[Expr]) -> Expr:
    """Factors multiplied in one row; a negative one that is not the first keeps its bracket."""
    row: list[Expr] = []
    for factor in factors:
        inner = factor.is_Mul and not (row and factor.args[0].is_negative)
        row.extend(factor.args if inner else (factor,))
    return product(*row)


def raised(base: Expr, exponent: Expr) -> Expr:
    """base to the exponent, the exponent worked out; the base itself where that is 1."""
    worked = tidied(exponent)
    return base if worked == 1 else power(base, worked)


def is_below(e: Expr) -> bool:
    """Whether the factor is written below the fraction line."""
    return bool(e.is_Pow and e.args[1].is_number and e.args[1].is_negative)


def arranged(e: Expr) -> Expr:
    """Products in one row, what is divided by last: equal for formulas that look the same."""
    if e.is_Add:
        return total(map(arranged, e.args))
    if e.is_Piecewise:
        return cases(*((arranged(piece), when) for piece, when in e.args))
    if not e.is_Mul:
        return e
    row = times(map(arranged, e.args))
    return product(*sorted(row.args, key=is_below)) if row.is_Mul else row


def cases_inside(e: Expr) -> Expr | None:
    """The first case distinction inside the formula."""
    if e.is_Piecewise:
        return e
    return next((found for found in map(cases_inside, e.args) if found is not None), None)


def taken_apart(e: Expr, inside: Expr) -> Expr:
    """The formula as cases itself, one for each piece of the case distinction inside it."""
    return cases(*((_put(e, inside, piece), when) for piece, when in inside.args))


def _put(e: Expr, old: Expr, new: Expr) -> Expr:
    if e == old:
        return new
    if e.is_Piecewise:
        return cases(*((_put(piece, old, new), when) for piece, when in e.args))
    return e.func(*(_put(a, old, new) for a in e.args), evaluate=False) if e.args else e


def swept(e: Expr) -> Expr:
    """The formula without terms 0, factors 1 and products with 0."""
    if e.is_Add:
        return total([term for old in e.args for term in _swept_terms(old) if term != 0])
    if e.is_Mul:
        factors = [factor for factor in map(swept, e.args) if factor != 1]
        if factors == list(e.args):
            return e
        return _ZERO if any(factor == 0 for factor in factors) else times(factors)
    if e.is_Piecewise:
        return cases(*((swept(piece), when) for piece, when in e.args))
    return e


def _swept_terms(term: Expr) -> Sequence[Expr]:
    """The term without 0 and 1, or the terms of the sum that is left of a product."""
    left = swept(term)
    return left.args if left.is_Add and not term.is_Add else (left,)


def tidied(e: Expr) -> Expr:
    """The formula with signs, numbers, equal factors and like terms collected where the first stands."""
    return _joined(*_split(e))


def turned(e: Expr) -> Expr:
    """-(a - b) as b - a, also with a number before the bracket; any other formula as it is."""
    if e.is_Piecewise:
        return cases(*((turned(piece), when) for piece, when in e.args))
    if not e.is_Mul or e.args[0] != -1 or not e.args[-1].is_Add:
        return e
    numbers, difference = e.args[1:-1], e.args[-1].args
    if len(difference) != 2 or _starts_negative(difference[0]) or not _starts_negative(difference[1]):
        return e
    if not all(number.is_Rational for number in numbers):
        return e
    left, right = difference
    return product(*numbers, total([product(*right.args[1:]), negative(left)]))


def _starts_negative(e: Expr) -> bool:
    return bool(e.is_Mul and e.args[0] == -1)


def _split(e: Expr) -> Split:
    if e.is_Rational:
        return e, ()
    if e.is_Mul:
        return _multiplied([_split(factor) for factor in e.args])
    if e.is_Pow:
        return _split_power(e)
    if not (e.is_Add or e.is_Piecewise):
        return _ONE, (e,)
    tidy = _sum(e) if e.is_Add else _cases(e)
    return (_ONE, (tidy,)) if tidy.is_Add or tidy.is_Piecewise else _split(tidy)


def _split_power(e: Expr) -> Split:
    base, exponent = e.args
    if exponent == 1:
        return _split(base)
    if not exponent.is_Integer:
        return _ONE, (e,)
    if base.is_Rational and base != 0 and abs(exponent) <= _LARGEST_POWER:
        return base**exponent, ()
    if (base.is_Mul or base.is_Pow) and exponent == -1:
        number, factors = _split(base)
        if number != 0:
            return _multiplied([(1 / number, tuple(_inverse(f) for f in factors))])
    return _ONE, (e,)


def _inverse(factor: Expr) -> Expr:
    base, exponent = _base(factor)
    return base if exponent == -1 else power(base, -exponent)


def _multiplied(parts: Sequence[Split]) -> Split:
    number = _ONE
    factors: list[Expr] = []
    for coefficient, others in parts:
        number = number * coefficient
        factors.extend(others)
    return (_ZERO, ()) if number == 0 else (number, _collected(factors))


def _collected(factors: Sequence[Expr]) -> tuple[Expr, ...]:
    """Equal bases become one power, or cancel."""
    exponents: dict[Expr, Expr] = {}
    for factor in factors:
        base, exponent = _base(factor)
        exponents[base] = exponents.get(base, _ZERO) + exponent
    kept = [(base, exponent) for base, exponent in exponents.items() if exponent != 0]
    return tuple(base if exponent == 1 else power(base, exponent) for base, exponent in kept)


def _base(factor: Expr) -> tuple[Expr, Expr]:
    """The factor as a base with a whole exponent; a root is a base of its own."""
    if not factor.is_Pow or not factor.args[1].is_Rational:
        return factor, _ONE
    base, exponent = factor.args
    if exponent.is_Integer:
        return base, exponent
    return (factor, _ONE) if exponent.is_positive else (power(base, -exponent), Integer(-1))


def _joined(number: Expr, factors: Sequence[Expr]) -> Expr:
    if number == 0 or not factors:
        return number
    split = [factor for factor in factors if factor.is_Piecewise]
    if len(split) == 1 and (number, len(factors)) != (1, 1) and (len(factors) == 1 or _all_numbers(split[0])):
        return _multiplied_into(split[0], number, factors)
    row = _row(abs(number), factors)
    if number.is_negative:
        row.insert(0, Integer(-1))
    return product(*row)


def _row(number: Expr, factors: Sequence[Expr]) -> list[Expr]:
    """The number, what stands above the fraction line, what stands below it."""
    above = [factor for factor in factors if not is_below(factor)]
    below = [factor for factor in factors if is_below(factor)]
    if below and number.q != 1:
        below.insert(0, power(Integer(number.q), -1))
        number = Integer(number.p)
    return [*([] if number == 1 else [number]), *above, *below]


def _multiplied_into(e: Expr, number: Expr, factors: Sequence[Expr]) -> Expr:
    """The cases with the other factors taken into each piece."""
    rows = (product(number, *(piece if f is e else f for f in factors)) for piece, _ in e.args)
    return cases(*((tidied(row), when) for row, (_, when) in zip(rows, e.args, strict=True)))


def _all_numbers(e: Expr) -> bool:
    return all(piece.is_Rational for piece, _ in e.args)


def _sum(e: Expr) -> Expr:
    likes: dict[tuple[Expr, ...], Expr] = {}
    for term in e.args:
        for number, factors in _terms(term):
            likes[factors] = likes.get(factors, _ZERO) + number
    return total([_term(number, factors) for factors, number in likes.items() if number != 0])


def _terms(term: Expr) -> list[Split]:
    """The term, or the terms of a sum that stands in brackets without need."""
    number, factors = _split(term)
    if number == 1 and len(factors) == 1 and factors[0].is_Add:
        return [_split(inner) for inner in factors[0].args]
    return [(number, factors)]


def _term(number: Expr, factors: tuple[Expr, ...]) -> Expr:
    # a lone negative number in a sum is subtracted, as in 1 - 2, not added in brackets
    return _joined(number, factors) if factors or number > 0 else negative(-number)


def _cases(e: Expr) -> Expr:
    pieces = [(tidied(piece), when) for piece, when in e.args]
    first = pieces[0][0]
    always = pieces[-1][1] is true
    return first if always and all(piece == first for piece, _ in pieces) else cases(*pieces)
