"""Errors of a regression: one row = one error over samples, as a sum or mean of one part for each sample.

A test holds each slope against the derivative found by the rules.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..algebra import Expr, Integer, Symbol, difference, negative, power, product, quotient, symbol
from .losses import LOSSES

Y, GUESS, RESIDUAL = symbol("y"), symbol("yhat"), symbol("e")


@dataclass(frozen=True, slots=True)
class RegressionLoss:
    """An error that adds one part for each sample.

    squares: whether the part is a multiple of the squared residual e = y − ŷ
    doubled: squares only: 2 times the number before the square, so 2 for e² and 1 for ½e²
    row:     the row of the catalog of losses that its part and slope are (with one output)
    """

    title: str
    squares: bool
    doubled: int
    row: str

    def part(self, y: Expr, guess: Expr, delta: Expr) -> Expr:
        """What a sample contributes, of its target and its prediction."""
        return LOSSES[self.row].part(y, guess, 1, delta)

    def slope(self, y: Expr, guess: Expr, delta: Expr) -> Expr:
        """The derivative of the part by the prediction."""
        return LOSSES[self.row].slope(y, guess, 1, delta)


REGRESSION_LOSSES: dict[str, RegressionLoss] = {
    "mse": RegressionLoss("mean squared error", True, 2, "sse"),
    "half_mse": RegressionLoss("half the mean squared error", True, 1, "half_sse"),
    "sse": RegressionLoss("sum of squared errors", True, 2, "sse"),
    "half_sse": RegressionLoss("half the sum of squared errors", True, 1, "half_sse"),
    "mae": RegressionLoss("mean absolute error", False, 0, "mae"),
    "huber": RegressionLoss("Huber loss", False, 0, "huber"),
}


def reduced(doubled: int, squares: Expr, count: Expr | None) -> Expr:
    """The error from the sum of squared residuals; count: of the samples it is the mean of (None: the sum)."""
    if count is None:
        return squares if doubled == 2 else quotient(squares, Integer(2))
    return quotient(squares, count if doubled == 2 else product(Integer(2), count))


def squares_gradient(doubled: int, column: Expr, count: Expr | None) -> Expr:
    """The gradient −(2/n) Σ x(y − ŷ) from its column sum, with the number of this loss."""
    if count is None:
        return negative(column if doubled == 1 else product(Integer(2), column))
    return negative(product(_over(doubled, count), column))


def mean_gradient(column: Expr, count: Expr | None) -> Expr:
    """The gradient (1/n) Σ of slopes times x from its column sum."""
    return column if count is None else product(_over(1, count), column)


def _over(number: int, count: Expr) -> Expr:
    """number/n as a fraction of its own, so that a negative sum behind it gets its bracket."""
    return product(Integer(number), power(count, -1))


def residual(y: Symbol, guess: Symbol) -> Expr:
    """e = y − ŷ."""
    return difference(y, guess)
