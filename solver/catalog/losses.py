"""Losses: one row = one error a teacher can name, as a sum of one part for each output.

Formulas are those of the interface; a test holds each slope against SymPy's derivative.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from ..algebra import (
    Expr,
    Integer,
    Rational,
    absolute,
    cases,
    difference,
    logarithm,
    maximum,
    negative,
    power,
    product,
    quotient,
    total,
)

_ONE, _ZERO = Integer(1), Integer(0)


class Loss(Struct, frozen=True):
    """An error that adds one part for each output.

    part:    of target t, output y, number of outputs n and setting d: the part of one output
    slope:   of the same: the derivative of that part by y, as an exam writes it
    total:   the whole formula with Σ over the outputs, for the page: words, and formulas between backticks
    setting: the letter of its setting, if it has one
    kink:    what is said about a point where the slope jumps
    """

    title: str
    part: Callable[[Expr, Expr, int, Expr], Expr]
    slope: Callable[[Expr, Expr, int, Expr], Expr]
    total: str
    setting: str = ""
    kink: str = ""


def _times(number: Expr, *factors: Expr) -> Expr:
    """A number times factors, the number left away when it is 1."""
    return product(*factors) if number == 1 else product(number, *factors)


def _squares(title: str, scale: Callable[[int], Expr], formula: str) -> Loss:
    return Loss(
        title,
        lambda t, y, n, d: _times(scale(n), power(difference(t, y), 2)),
        lambda t, y, n, d: _scaled_difference(2 * scale(n), y, t),
        formula,
    )


def _scaled_difference(scale: Expr, y: Expr, t: Expr) -> Expr:
    return difference(y, t) if scale == 1 else product(scale, difference(y, t))


def _mae_slope(t: Expr, y: Expr, n: int, d: Expr) -> Expr:
    return cases((Rational(1, n), y > t), (Rational(-1, n), y < t), (_ZERO, True))


def _huber(t: Expr, y: Expr, n: int, d: Expr) -> Expr:
    error = absolute(difference(t, y))
    near = _times(Rational(1, 2 * n), power(difference(t, y), 2))
    far = _times(Rational(1, n), d, difference(error, product(Rational(1, 2), d)))
    return cases((near, error <= d), (far, True))


def _huber_slope(t: Expr, y: Expr, n: int, d: Expr) -> Expr:
    share = Rational(1, n)
    near = _scaled_difference(share, y, t)
    return cases((near, absolute(difference(t, y)) <= d), (_times(share, d), y > t), (negative(_times(share, d)), True))


def _bce(t: Expr, y: Expr, n: int, d: Expr) -> Expr:
    terms = total(
        [product(t, logarithm(y)), product(difference(_ONE, t), logarithm(difference(_ONE, y)))],
    )
    return negative(_times(Rational(1, n), terms))


def _bce_slope(t: Expr, y: Expr, n: int, d: Expr) -> Expr:
    return _times(Rational(1, n), quotient(difference(y, t), product(y, difference(_ONE, y))))


def _kl(t: Expr, y: Expr, n: int, d: Expr) -> Expr:
    return cases((product(t, logarithm(quotient(t, y))), t > 0), (_ZERO, True))


def _hinge_slope(t: Expr, y: Expr, n: int, d: Expr) -> Expr:
    return cases((negative(_times(Rational(1, n), t)), product(t, y) < 1), (_ZERO, True))


LOSSES: dict[str, Loss] = {
    "sse": _squares("sum of squared errors", lambda n: _ONE, "`Σ (t − y)²`"),
    "half_sse": _squares("half the sum of squared errors", lambda n: Rational(1, 2), "`½ Σ (t − y)²`"),
    "mse": _squares("mean squared error", lambda n: Rational(1, n), "`(1/n) Σ (t − y)²`"),
    "half_mse": _squares("half the mean squared error", lambda n: Rational(1, 2 * n), "`(1/2n) Σ (t − y)²`"),
    "mae": Loss(
        "mean absolute error",
        lambda t, y, n, d: _times(Rational(1, n), absolute(difference(t, y))),
        _mae_slope,
        "`(1/n) Σ |t − y|`",
        kink="0 where y = t",
    ),
    "huber": Loss(
        "Huber loss",
        _huber,
        _huber_slope,
        "(1/n) Σ of `½ (t − y)²` where `|t − y| ≤ δ`, else `δ (|t − y| − ½ δ)`",
        setting="delta",
    ),
    "bce": Loss("binary cross-entropy", _bce, _bce_slope, "`−(1/n) Σ [t ln y + (1 − t) ln(1 − y)]`"),
    "cce": Loss(
        "categorical cross-entropy",
        lambda t, y, n, d: negative(product(t, logarithm(y))),
        lambda t, y, n, d: negative(quotient(t, y)),
        "`−Σ t ln y`",
    ),
    "kl": Loss(
        "Kullback-Leibler divergence",
        _kl,
        lambda t, y, n, d: negative(quotient(t, y)),
        "`Σ t ln(t / y)`",
    ),
    "hinge": Loss(
        "hinge loss (margin 1)",
        lambda t, y, n, d: _times(Rational(1, n), maximum(_ZERO, difference(_ONE, product(t, y)))),
        _hinge_slope,
        "`(1/n) Σ max(0, 1 − t y)`",
        kink="0 where t y = 1",
    ),
}


class ClassLoss(Struct, frozen=True):
    """An error for a class index c: parts over some outputs.

    parts:  of the outputs and the index c: (output, formula, slopes by output) for each part
    """

    title: str
    parts: Callable[[list[Expr], int], list[tuple[int, Expr, dict[int, Expr]]]]
    total: str
    kink: str = ""


def _sparse(y: list[Expr], c: int) -> list[tuple[int, Expr, dict[int, Expr]]]:
    return [(c, negative(logarithm(y[c])), {c: negative(power(y[c], -1))})]


def _margins(y: list[Expr], c: int) -> list[tuple[int, Expr, dict[int, Expr]]]:
    parts = []
    for j, each in enumerate(y):
        if j == c:
            continue
        margin = total([each, negative(y[c]), _ONE])
        slopes = {
            j: cases((_ONE, margin > 0), (_ZERO, True)),
            c: cases((Integer(-1), margin > 0), (_ZERO, True)),
        }
        parts.append((j, maximum(_ZERO, margin), slopes))
    return parts


CLASS_LOSSES: dict[str, ClassLoss] = {
    "sparse_cce": ClassLoss("sparse categorical cross-entropy", _sparse, "`−ln y_c`, c being the target's class"),
    "hinge": ClassLoss(
        "multi-class hinge loss (margin 1)",
        _margins,
        "Σ over `j ≠ c` of `max(0, y_j − y_c + 1)`",
        "0 at the margin",
    ),
}
