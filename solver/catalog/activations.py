"""Activation functions: one row = one function a teacher can name.

Formula and slope are given as an exam writes them; a test holds each slope against SymPy's derivative.
Slopes at kinks are conventions: relu 0, leaky and parametric a, elu alpha, step and sign 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from ..algebra import (
    Expr,
    Integer,
    Rational,
    cases,
    difference,
    error_function,
    exponential,
    hyperbolic_tangent,
    logarithm,
    maximum,
    negative,
    power,
    product,
    quotient,
    total,
)

_ONE, _ZERO, _HALF = Integer(1), Integer(0), Rational(1, 2)


class Activation(Struct, frozen=True):
    """A function of one net input.

    sign:     how it is written before its bracket
    formula:  of the net input z and the setting a
    slope:    of z, the output y and the setting a, as an exam writes it
    range:    the values it can take, in words
    setting:  the letter of its setting, if it has one
    because:  why the last line of the derivation equals the exam's form
    kink:     what the slope is said to be at z = 0, where it has a jump there
    """

    title: str
    sign: str
    formula: Callable[[Expr, Expr], Expr]
    slope: Callable[[Expr, Expr, Expr], Expr]
    range: str
    setting: str = ""
    kink: str = ""
    because: str = ""


class LayerActivation(Struct, frozen=True):
    """A function of all net inputs of a layer.

    formula:  of all net inputs and the index of the output
    slope:    of all outputs, the index of the output and the index of the net input
    """

    title: str
    sign: str
    formula: Callable[[Sequence[Expr], int], Expr]
    slope: Callable[[Sequence[Expr], int, int], Expr]
    range: str


def _above_zero(z: Expr, above: Expr, otherwise: Expr) -> Expr:
    return cases((above, z > 0), (otherwise, True))


def _leaky(title: str, sign: str) -> Activation:
    return Activation(
        title,
        sign,
        lambda z, a: _above_zero(z, z, product(a, z)),
        lambda z, y, a: _above_zero(z, _ONE, a),
        "all numbers",
        setting="a",
        kink="a",
    )


def _gelu(z: Expr, a: Expr) -> Expr:
    return product(_HALF, z, total([_ONE, error_function(quotient(z, power(Integer(2), _HALF)))]))


def _gelu_slope(z: Expr, y: Expr, a: Expr) -> Expr:
    from sympy import pi

    bell = quotient(exponential(negative(quotient(power(z, 2), Integer(2)))), power(product(Integer(2), pi), _HALF))
    gate = product(_HALF, total([_ONE, error_function(quotient(z, power(Integer(2), _HALF)))]))
    return total([gate, product(z, bell)])


ACTIVATIONS: dict[str, Activation] = {
    "linear": Activation("linear", "id", lambda z, a: z, lambda z, y, a: _ONE, "all numbers"),
    "step": Activation(
        "binary step",
        "step",
        lambda z, a: cases((_ONE, z >= 0), (_ZERO, True)),
        lambda z, y, a: _ZERO,
        "0 or 1",
        kink="0",
    ),
    "sign": Activation(
        "sign",
        "sign",
        lambda z, a: cases((_ONE, z >= 0), (Integer(-1), True)),
        lambda z, y, a: _ZERO,
        "-1 or 1",
        kink="0",
    ),
    "sigmoid": Activation(
        "sigmoid",
        "σ",
        lambda z, a: quotient(_ONE, total([_ONE, exponential(negative(z))])),
        lambda z, y, a: product(y, difference(_ONE, y)),
        "between 0 and 1",
        because="y = 1 / (1 + e^(−z)), 1 − y = e^(−z) / (1 + e^(−z))",
    ),
    "tanh": Activation(
        "hyperbolic tangent",
        "tanh",
        lambda z, a: hyperbolic_tangent(z),
        lambda z, y, a: difference(_ONE, power(y, 2)),
        "between -1 and 1",
        because="y = tanh(z)",
    ),
    "relu": Activation(
        "rectified linear unit",
        "ReLU",
        lambda z, a: maximum(_ZERO, z),
        lambda z, y, a: _above_zero(z, _ONE, _ZERO),
        "0 and above",
        kink="0",
    ),
    "leaky_relu": _leaky("leaky ReLU", "LReLU"),
    "randomised_relu": _leaky("randomised ReLU (a as drawn)", "RReLU"),
    "prelu": _leaky("parametric ReLU", "PReLU"),
    "elu": Activation(
        "exponential linear unit",
        "ELU",
        lambda z, a: _above_zero(z, z, product(a, difference(exponential(z), _ONE))),
        lambda z, y, a: _above_zero(z, _ONE, product(a, exponential(z))),
        "above -alpha",
        setting="alpha",
        kink="alpha",
    ),
    "softplus": Activation(
        "softplus",
        "softplus",
        lambda z, a: logarithm(total([_ONE, exponential(z)])),
        lambda z, y, a: quotient(_ONE, total([_ONE, exponential(negative(z))])),
        "above 0",
    ),
    "gelu": Activation("Gaussian error linear unit (exact)", "GELU", _gelu, _gelu_slope, "above -0.17"),
}


def _softmax(z: Sequence[Expr], index: int) -> Expr:
    return quotient(exponential(z[index]), total([exponential(each) for each in z]))


def _softmax_slope(y: Sequence[Expr], out: int, into: int) -> Expr:
    if out == into:
        return product(y[out], difference(_ONE, y[out]))
    return negative(product(y[out], y[into]))


def _log_softmax(z: Sequence[Expr], index: int) -> Expr:
    return difference(z[index], logarithm(total([exponential(each) for each in z])))


def _log_softmax_slope(y: Sequence[Expr], out: int, into: int) -> Expr:
    share = exponential(y[into])
    return difference(_ONE, share) if out == into else negative(share)


LAYER_ACTIVATIONS: dict[str, LayerActivation] = {
    "softmax": LayerActivation("softmax", "softmax", _softmax, _softmax_slope, "between 0 and 1, adding to 1"),
    "log_softmax": LayerActivation("log-softmax", "log-softmax", _log_softmax, _log_softmax_slope, "0 and below"),
}
