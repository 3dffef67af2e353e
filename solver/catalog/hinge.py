"""The hinge losses with a margin of any size: for targets of -1 and 1, and for a class index.

Weston and Watkins' sum over the other classes, as CS231n writes it with the margin Δ.
"""

from __future__ import annotations

from ..algebra import Expr, Integer, Rational, cases, difference, maximum, negative, product, total
from .losses import ClassLoss, Loss

_ONE, _ZERO = Integer(1), Integer(0)


def _shared(formula: Expr, n: int) -> Expr:
    return formula if n == 1 else product(Rational(1, n), formula)


def _slope(t: Expr, y: Expr, n: int, d: Expr) -> Expr:
    return cases((negative(_shared(t, n)), product(t, y) < d), (_ZERO, True))


HINGE = Loss(
    "hinge loss",
    lambda t, y, n, d: _shared(maximum(_ZERO, difference(d, product(t, y))), n),
    _slope,
    "`(1/n) Σ max(0, Δ − t y)`",
    setting="margin",
    kink="0 where t y is the margin",
)


def class_hinge(margin: Expr) -> ClassLoss:
    """The hinge loss for a class index c, with one part for each other class."""

    def parts(y: list[Expr], c: int) -> list[tuple[int, Expr, dict[int, Expr]]]:
        return [_part(y, j, c, margin) for j in range(len(y)) if j != c]

    return ClassLoss("multi-class hinge loss", parts, "Σ over `j ≠ c` of `max(0, y_j − y_c + Δ)`", "0 at the margin")


def _part(y: list[Expr], j: int, c: int, margin: Expr) -> tuple[int, Expr, dict[int, Expr]]:
    over = total([y[j], negative(y[c]), margin])
    own, true = ((slope, over > 0) for slope in (_ONE, Integer(-1)))
    return j, maximum(_ZERO, over), {j: cases(own, (_ZERO, True)), c: cases(true, (_ZERO, True))}
