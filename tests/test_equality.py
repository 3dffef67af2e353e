"""Formulas that are the same function are found to be, and others are not."""

from __future__ import annotations

import pytest
import sympy

from solver.algebra import (
    Expr,
    Integer,
    Rational,
    absolute,
    cases,
    difference,
    exponential,
    hyperbolic_tangent,
    logarithm,
    maximum,
    negative,
    power,
    product,
    quotient,
    symbol,
    total,
)
from solver.differentiate import derivative
from solver.equality import equal

x, y, z, t = (symbol(name) for name in "xyzt")
ONE, TWO, HALF, ZERO = Integer(1), Integer(2), Rational(1, 2), Integer(0)
SIGMOID = quotient(ONE, total([ONE, exponential(negative(z))]))
RISE, FALL = exponential(z), exponential(negative(z))
TANH = quotient(difference(RISE, FALL), total([RISE, FALL]))
CROSS_ENTROPY = negative(total([product(t, logarithm(y)), product(difference(ONE, t), logarithm(difference(ONE, y)))]))
_SIGMA_SLOPE = product(SIGMOID, difference(ONE, SIGMOID))
_RELU_PIECES = cases((z, z > 0), (ZERO, True))


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (derivative(SIGMOID, z), _SIGMA_SLOPE, True),
        (derivative(TANH, z), difference(ONE, power(TANH, 2)), True),
        (derivative(TANH, z), difference(ONE, power(hyperbolic_tangent(z), 2)), True),
        (derivative(SIGMOID, z), product(SIGMOID, SIGMOID), False),
        (derivative(CROSS_ENTROPY, y), quotient(difference(y, t), product(y, difference(ONE, y))), True),
        (derivative(CROSS_ENTROPY, y), quotient(difference(y, t), y), False),
        (maximum(ZERO, z), _RELU_PIECES, True),
        (maximum(ZERO, z), absolute(z), False),
        (maximum(z, negative(z)), absolute(z), True),
        (absolute(z), z, False),
        (absolute(product(x, y)), product(absolute(x), absolute(y)), True),
        (total([x, y]), total([y, x]), True),
        (x, y, False),
        (z, product(z, Rational(10**12 + 1, 10**12)), False),
        (power(power(z, 2), HALF), absolute(z), True),
        (cases((z, sympy.And(z > 0, z < 5)), (ZERO, True)), _RELU_PIECES, False),
        (Integer(2), power(power(TWO, HALF), 2), True),
        (sympy.pi, Rational(22, 7), False),
        (exponential(exponential(exponential(z))), exponential(exponential(exponential(z))), True),
    ],
)
def test_equal(left: Expr, right: Expr, same: bool) -> None:
    assert equal(left, right) is same
    assert equal(right, left) is same


def test_equal_needs_a_common_domain() -> None:
    nowhere = logarithm(negative(power(z, 2)))
    with pytest.raises(ValueError, match="domain"):
        equal(nowhere, nowhere)


def test_equal_refuses_what_it_cannot_value() -> None:
    with pytest.raises(TypeError, match="gamma"):
        equal(sympy.gamma(z, evaluate=False), z)
