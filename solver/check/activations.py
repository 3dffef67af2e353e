"""Activation functions on whole arrays, with slopes worked out by hand.

Every function takes (arrays, z, a): the backend, net inputs of shape (samples, neurons), the setting.
Slopes at kinks: relu 0, leaky, parametric and randomised a, elu alpha, step and sign 0.
Exponentials have arguments of at most 0, so that no net input overflows.
"""

from __future__ import annotations

from collections.abc import Callable
from math import erfc, pi, sqrt
from typing import Any

import numpy
from msgspec import Struct

from .backends import Arrays, on_host

OnArrays = Callable[[Arrays, Any, float], Any]


class Elementwise(Struct, frozen=True):
    """A function of each net input alone.

    value, slope: (samples, neurons) -> (samples, neurons)
    bends:        whether it or its slope jumps at 0
    """

    value: OnArrays
    slope: OnArrays
    bends: bool = False


class Coupled(Struct, frozen=True):
    """A function of all net inputs that share it in a layer.

    value:    (samples, neurons) -> (samples, neurons)
    jacobian: (samples, neurons) -> (samples, outputs, net inputs)
    """

    value: OnArrays
    jacobian: OnArrays


def _zeros(on: Arrays, z: Any, a: float) -> Any:
    return on.xp.zeros_like(z)


def _ones(on: Arrays, z: Any, a: float) -> Any:
    return on.xp.ones_like(z)


def _step(on: Arrays, z: Any, a: float) -> Any:
    return on.xp.where(z >= 0, on.xp.ones_like(z), on.xp.zeros_like(z))


def _sign(on: Arrays, z: Any, a: float) -> Any:
    return 2 * _step(on, z, a) - 1


def _sigmoid(on: Arrays, z: Any, a: float) -> Any:
    decay = on.xp.exp(-on.xp.abs(z))
    return on.xp.where(z >= 0, 1.0, decay) / (1 + decay)


def _sigmoid_slope(on: Arrays, z: Any, a: float) -> Any:
    """y (1 - y) from the rounded y, so that 1/(1 - y) of a loss cancels even where y is nearly 1."""
    y = _sigmoid(on, z, a)
    return y * (1 - y)


def _tanh(on: Arrays, z: Any, a: float) -> Any:
    return on.xp.tanh(z)


def _tanh_slope(on: Arrays, z: Any, a: float) -> Any:
    return 1 - on.xp.tanh(z) ** 2


def _relu(on: Arrays, z: Any, a: float) -> Any:
    return on.xp.where(z > 0, z, on.xp.zeros_like(z))


def _relu_slope(on: Arrays, z: Any, a: float) -> Any:
    return on.xp.where(z > 0, on.xp.ones_like(z), on.xp.zeros_like(z))


def _leaky(on: Arrays, z: Any, a: float) -> Any:
    return on.xp.where(z > 0, z, a * z)


def _leaky_slope(on: Arrays, z: Any, a: float) -> Any:
    return on.xp.where(z > 0, on.xp.ones_like(z), a * on.xp.ones_like(z))


def _elu(on: Arrays, z: Any, a: float) -> Any:
    below = on.xp.where(z > 0, on.xp.zeros_like(z), z)
    return on.xp.where(z > 0, z, a * on.xp.expm1(below))


def _elu_slope(on: Arrays, z: Any, a: float) -> Any:
    below = on.xp.where(z > 0, on.xp.zeros_like(z), z)
    return on.xp.where(z > 0, on.xp.ones_like(z), a * on.xp.exp(below))


def _softplus(on: Arrays, z: Any, a: float) -> Any:
    """ln(1 + e^z) = max(0, z) + ln(1 + e^-|z|)."""
    return _relu(on, z, a) + on.xp.log1p(on.xp.exp(-on.xp.abs(z)))


def _normal_area(on: Arrays, z: Any) -> Any:
    """The standard normal distribution function, 1/2 (1 + erf(z/sqrt 2)) = 1/2 erfc(-z/sqrt 2).

    Neither is in the array API: the C library's erfc is taken, number by number (error of some ulps).
    It keeps its digits far below 0, where 1 + erf loses them.
    """
    on_cpu = on_host(z)
    area = numpy.asarray([erfc(-x / sqrt(2)) / 2 for x in on_cpu.ravel().tolist()])
    return on.place(area.reshape(on_cpu.shape))


def _gelu(on: Arrays, z: Any, a: float) -> Any:
    return z * _normal_area(on, z)


def _gelu_slope(on: Arrays, z: Any, a: float) -> Any:
    return _normal_area(on, z) + z * on.xp.exp(-z * z / 2) / sqrt(2 * pi)


def _softmax(on: Arrays, z: Any, a: float) -> Any:
    grown = on.xp.exp(z - on.xp.max(z, axis=1, keepdims=True))
    return grown / on.xp.sum(grown, axis=1, keepdims=True)


def _softmax_jacobian(on: Arrays, z: Any, a: float) -> Any:
    """d p_i / d z_j = p_i ([i = j] - p_j)."""
    shares = _softmax(on, z, a)
    return shares[:, :, None] * _log_softmax_jacobian(on, z, a)


def _log_softmax(on: Arrays, z: Any, a: float) -> Any:
    lowered = z - on.xp.max(z, axis=1, keepdims=True)
    return lowered - on.xp.log(on.xp.sum(on.xp.exp(lowered), axis=1, keepdims=True))


def _log_softmax_jacobian(on: Arrays, z: Any, a: float) -> Any:
    """d ln p_i / d z_j = [i = j] - p_j."""
    return on.place(numpy.eye(z.shape[1]))[None, :, :] - _softmax(on, z, a)[:, None, :]


ACTIVATIONS: dict[str, Elementwise | Coupled] = {
    "linear": Elementwise(lambda on, z, a: z, _ones),
    "step": Elementwise(_step, _zeros, bends=True),
    "sign": Elementwise(_sign, _zeros, bends=True),
    "sigmoid": Elementwise(_sigmoid, _sigmoid_slope),
    "tanh": Elementwise(_tanh, _tanh_slope),
    "relu": Elementwise(_relu, _relu_slope, bends=True),
    "leaky_relu": Elementwise(_leaky, _leaky_slope, bends=True),
    "randomised_relu": Elementwise(_leaky, _leaky_slope, bends=True),
    "prelu": Elementwise(_leaky, _leaky_slope, bends=True),
    "elu": Elementwise(_elu, _elu_slope, bends=True),
    "softplus": Elementwise(_softplus, _sigmoid),
    "gelu": Elementwise(_gelu, _gelu_slope),
    "softmax": Coupled(_softmax, _softmax_jacobian),
    "log_softmax": Coupled(_log_softmax, _log_softmax_jacobian),
}

# What a setting is when the problem gives none; prelu's is where PyTorch starts it.
SETTINGS = {"leaky_relu": 0.01, "prelu": 0.25, "elu": 1.0}
