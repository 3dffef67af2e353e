"""Losses of residuals e = y − ŷ in array code: what each sample contributes, and its slope by the prediction."""

from __future__ import annotations

from typing import Any

from ..spec.regression import LinearRegression

_HALVED = ("half_mse", "half_sse")
_KINK = 1e-12  # of the largest target: a residual this small is 0


class ResidualLoss:
    """The loss of one problem; every function takes an array of residuals and gives an array of its shape.

    largest: the size of the largest target
    """

    def __init__(self, problem: LinearRegression, xp: Any, largest: float) -> None:
        self.xp, self.name = xp, problem.loss
        self.delta = float(problem.delta.value) if problem.delta is not None else 0.0
        self.zero = _KINK * (1 + largest)

    def part(self, e: Any) -> Any:
        """e², ½e², |e|, or Huber's: ½e² up to delta, from there delta(|e| − ½ delta)."""
        xp = self.xp
        if self.name == "mae":
            return xp.abs(e)
        if self.name == "huber":
            return xp.where(xp.abs(e) <= self.delta, e * e / 2, self.delta * (xp.abs(e) - self.delta / 2))
        return e * e / 2 if self.name in _HALVED else e * e

    def slope(self, e: Any) -> Any:
        """The derivative by ŷ, which lowers e as it rises; 0 at the kink of |e|."""
        xp = self.xp
        if self.name == "mae":
            return xp.where(xp.abs(e) <= self.zero, xp.zeros_like(e), -xp.sign(e))
        if self.name == "huber":
            return xp.where(xp.abs(e) <= self.delta, -e, -self.delta * xp.sign(e))
        return -e if self.name in _HALVED else -2 * e

    def near_kink(self, e: Any, reach: Any) -> Any:
        """Whether a residual is so near the place where slope or curvature jumps that `reach` crosses it."""
        if self.name not in ("mae", "huber"):
            return self.xp.abs(e) < 0
        return self.xp.abs(self.xp.abs(e) - self.delta) <= reach
