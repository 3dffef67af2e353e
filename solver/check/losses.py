"""Losses on whole arrays: each output's part of a sample's error, and the error's slope, by hand.

Every function takes (xp, y, t, a): the namespace, outputs and targets of shape (samples, n), the setting.
The parts of a sample sum to its error. Targets of a class index are 1 at the class and 0 elsewhere.
Slopes at kinks: mae 0 where output and target are equal, hinge 0 where the margin is just met.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from .backends import settled

OnArrays = Callable[[Any, Any, Any, float], Any]


class Loss(Struct, frozen=True):
    """parts, slope: (samples, n) -> (samples, n); `bend` is 0 where the loss or its slope has a kink."""

    parts: OnArrays
    slope: OnArrays
    bend: OnArrays | None = None


def _squares(factor: Callable[[int], float]) -> Loss:
    """factor(n) * (t - y)^2 for each output."""
    return Loss(
        lambda xp, y, t, a: factor(y.shape[1]) * (t - y) ** 2,
        lambda xp, y, t, a: factor(y.shape[1]) * 2 * (y - t),
    )


def _mae(xp: Any, y: Any, t: Any, a: float) -> Any:
    return xp.abs(t - y) / y.shape[1]


def _residual(xp: Any, y: Any, t: Any, a: float) -> Any:
    return settled(xp, y - t, xp.abs(t))


def _mae_slope(xp: Any, y: Any, t: Any, a: float) -> Any:
    return xp.sign(_residual(xp, y, t, a)) / y.shape[1]


def _huber(xp: Any, y: Any, t: Any, a: float) -> Any:
    """r^2/2 where |r| <= a, else a (|r| - a/2); over n."""
    size = xp.abs(t - y)
    return xp.where(size <= a, size**2 / 2, a * (size - a / 2)) / y.shape[1]


def _huber_slope(xp: Any, y: Any, t: Any, a: float) -> Any:
    residual = y - t
    return xp.where(xp.abs(residual) <= a, residual, a * xp.sign(residual)) / y.shape[1]


def _weighted(xp: Any, weight: Any, values: Any) -> Any:
    """weight * values, and 0 where the weight is 0, whatever the value (ln 0, 1/0)."""
    return xp.where(weight == 0, xp.zeros_like(values), weight * values)


def _bce(xp: Any, y: Any, t: Any, a: float) -> Any:
    return -(_weighted(xp, t, xp.log(y)) + _weighted(xp, 1 - t, xp.log1p(-y))) / y.shape[1]


def _bce_slope(xp: Any, y: Any, t: Any, a: float) -> Any:
    return (_weighted(xp, 1 - t, 1 / (1 - y)) - _weighted(xp, t, 1 / y)) / y.shape[1]


def _cce(xp: Any, y: Any, t: Any, a: float) -> Any:
    return -_weighted(xp, t, xp.log(y))


def _cce_slope(xp: Any, y: Any, t: Any, a: float) -> Any:
    return -_weighted(xp, t, 1 / y)


def _kl(xp: Any, y: Any, t: Any, a: float) -> Any:
    return _weighted(xp, t, xp.log(t / y))


def _shortfall(xp: Any, y: Any, t: Any, a: float) -> Any:
    """How far t y stays below the margin a, for targets of -1 and 1."""
    return settled(xp, a - t * y, a)


def _hinge(xp: Any, y: Any, t: Any, a: float) -> Any:
    short = _shortfall(xp, y, t, a)
    return xp.where(short > 0, short, xp.zeros_like(short)) / y.shape[1]


def _hinge_slope(xp: Any, y: Any, t: Any, a: float) -> Any:
    return xp.where(_shortfall(xp, y, t, a) > 0, -t, xp.zeros_like(y)) / y.shape[1]


def _excess(xp: Any, y: Any, t: Any, a: float) -> Any:
    """y_j - y_c + a for the other classes j; -1, no excess, for the class c itself."""
    own = xp.sum(t * y, axis=1, keepdims=True)
    excess = settled(xp, y - own + a, xp.abs(y) + xp.abs(own) + a)
    return xp.where(t == 1, -xp.ones_like(y), excess)


def _class_hinge(xp: Any, y: Any, t: Any, a: float) -> Any:
    excess = _excess(xp, y, t, a)
    return xp.where(excess > 0, excess, xp.zeros_like(excess))


def _class_hinge_slope(xp: Any, y: Any, t: Any, a: float) -> Any:
    """1 for each class in excess; the true class is pulled by all of them."""
    pushed = xp.where(_excess(xp, y, t, a) > 0, xp.ones_like(y), xp.zeros_like(y))
    return pushed - t * xp.sum(pushed, axis=1, keepdims=True)


LOSSES: dict[str, Loss] = {
    "sse": _squares(lambda n: 1),
    "half_sse": _squares(lambda n: 1 / 2),
    "mse": _squares(lambda n: 1 / n),
    "half_mse": _squares(lambda n: 1 / (2 * n)),
    "mae": Loss(_mae, _mae_slope, bend=_residual),
    "huber": Loss(_huber, _huber_slope, bend=lambda xp, y, t, a: xp.abs(y - t) - a),
    "bce": Loss(_bce, _bce_slope),
    "cce": Loss(_cce, _cce_slope),
    "sparse_cce": Loss(_cce, _cce_slope),
    "kl": Loss(_kl, _cce_slope),
    "hinge": Loss(_hinge, _hinge_slope, bend=_shortfall),
}
CLASS_HINGE = Loss(_class_hinge, _class_hinge_slope, bend=_excess)

# What a setting is when the problem gives none: huber's delta, hinge's margin.
SETTINGS = {"huber": 1.0, "hinge": 1.0}
