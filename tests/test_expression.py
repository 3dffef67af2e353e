"""Typed formulas: what is read, in which order, and what is refused where."""

from __future__ import annotations

import time

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import notation as n
from solver.algebra import symbols_of
from solver.check.backends import Arrays
from solver.check.formulas import seeded, worked
from solver.differentiate import derivative
from solver.evaluate import value_of
from solver.formula import written
from solver.render.spelling import spell
from solver.spec.expression import FormulaError, expression
from solver.spec.number import Number

NAMES = ("x", "y", "z", "w1", "lambda", "f")
ON = Arrays(numpy, None)

WRITTEN = {
    "x + y": "x + y",
    "z*x": "z · x",
    "3/2*x^2 + 1/2*y^2": "3/2·x² + ½·y²",
    "-x^2": "−x²",
    "(-x)**2": "(−x)²",
    "x - y - z": "x − y − z",
    "x - (y - z)": "x − (y − z)",
    "y*x": "y · x",
    "max(y, x)": "max(y, x)",
    "max(0, x)": "max(0, x)",
    "relu(x)": "max(0, x)",
    "x²+2·y": "x² + 2·y",
    "1/(1+e^(-x))": "1 / (1 + e^(−x))",
    "sigmoid(x)": "1 / (1 + e^(−x))",
    "sqrt(x)": "√x",
    "lambda*w1": "lambda · w1",
    "f": "f",
    "pi*x": "π · x",
    "x − 2": "x − 2",
}

VALUES = {
    "2^3^2": 512,
    "-2^2": -4,
    "2**-1": 0.5,
    "8/4/2": 1,
    "2*3/4*2": 3,
    "1 - 2 - 3": -4,
    "--3": 3,
    "3*-2": -6,
    "1e-3*1000": 1,
    "min(3, 1, 2)": 1,
    "max(1, 3, 2)": 3,
    "abs(-2)": 2,
    "ln(e)": 1,
    "cos(pi)": -1,
    "tanh(0) + sin(0) + σ(0)": 0.5,
    "10^100/10^99": 10,
}

REFUSED = {
    "3x": (2, "write 3*x"),
    "x y": (3, "write x*y"),
    "2(x + 1)": (2, "write 2*(...)"),
    "(x)(y)": (4, "write (...)*(...)"),
    "f(x)": (2, "write f*(...)"),
    "xy": (1, "write x*y"),
    "x + lamda": (5, "'lamda' is not known here; known: x, y, z, w1, lambda, f. Did you mean lambda?"),
    "sigmoyd(x)": (1, "Did you mean sigmoid?"),
    "ReLU(x)": (1, "Did you mean relu?"),
    "log10(x)": (1, "log(...)/log(10)"),
    "ln x": (1, "write ln(...)"),
    "1,5*x": (2, "a decimal point is '.'"),
    "x +": (4, "stops here"),
    "": (1, "stops here"),
    "x * / y": (5, "found '/'"),
    "(x": (1, "never closed"),
    "x)": (2, "never opened"),
    "x = 2": (3, "right side"),
    "|x|": (1, "abs(...)"),
    "x[0]": (2, "round brackets"),
    "x.real": (2, "dot"),
    "exp(x, y)": (1, "exp takes one argument, found 2"),
    "max(x)": (1, "max takes 2 to 20 arguments, found 1"),
    "010*x": (1, "leading zero"),
    "1e400": (1, "exponent"),
    "x^1001": (2, "from -1000 to 1000"),
}

HOSTILE = [
    "((2**64)**64)**64",
    "((x**64)**64)**64",
    "9^9^9^9",
    "2^(3^(4^5))^6",
    "x^(2^0.5*10^300)",
    "x^(10^100)",
    "(" * 5000 + "x" + ")" * 5000,
    "(" * 900 + "x" + ")" * 900,
    "exp(" * 400 + "x" + ")" * 400,
    "x^" * 900 + "x",
    "1" * 1999,
    "x+" * 5000 + "x",
    "__import__('os').system('true')",
    "(lambda: 0)()",
    "x.__class__",
    "[x for x in y]",
    '"a"*10**9',
    "x if y else z",
    "x\0y",
    "x; y",
    "x := 2",
    "x & y",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_order_is_kept(text: str) -> None:
    assert spell(written(expression(text, NAMES), n.Name)) == WRITTEN[text]


@pytest.mark.parametrize("text", VALUES)
def test_precedence(text: str) -> None:
    assert float(value_of(expression(text, ()), {})) == pytest.approx(VALUES[text], rel=1e-15)


def test_numbers_are_exact() -> None:
    assert value_of(expression("0.1 + 0.2 - 3/10", ()), {}) == 0


@pytest.mark.parametrize("text", REFUSED)
def test_refused_at_its_place(text: str) -> None:
    place, words = REFUSED[text]
    with pytest.raises(FormulaError) as caught:
        expression(text, NAMES)
    assert caught.value.place == place
    assert words in str(caught.value)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_refused_at_once(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(FormulaError) as caught:
        expression(text, NAMES)
    assert time.perf_counter() - start < 0.5
    assert len(str(caught.value)) < 400


def test_an_unknown_constant_is_not_taken_for_a_name() -> None:
    assert symbols_of(expression("e*x", ("e", "x"))) == {*symbols_of(expression("e + x", ("e", "x")))}
    assert len(symbols_of(expression("e*x", ("x",)))) == 1


ATOMS = st.sampled_from(["x", "y", "2", "0.5", "3/2", "e"])
CALLS = st.sampled_from(["exp(-({})^2)", "tanh({})", "sin({})", "cos({})", "sigmoid({})", "abs({})", "relu({})"])
SIGNS = st.sampled_from(["{} + {}", "{} - {}", "({})*({})", "{} * {}", "-{} + {}", "max({}, {})", "({})/(2 + ({})^2)"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(SIGNS, inner, inner).map(lambda made: made[0].format(made[1], made[2]))
    return pairs | st.tuples(CALLS, inner).map(lambda made: made[0].format(made[1])) | inner.map("({})^2".format)


@settings(max_examples=60, deadline=None)
@given(st.recursive(ATOMS, _grown, max_leaves=6))
def test_values_and_slopes_agree_with_a_second_reading(text: str) -> None:
    point = {"x": Number.of("0.7").value, "y": Number.of("-1.3").value}
    formula = expression(text, ("x", "y"))
    found = worked(text, seeded({key: float(value) for key, value in point.items()}, ON), ON)
    assert float(value_of(formula, point)) == pytest.approx(float(found.value[0]), rel=1e-9, abs=1e-12)
    for row, name in enumerate(point):
        by = next(iter(symbols_of(expression(name, point))))
        slope = float(value_of(derivative(formula, by), point))
        assert slope == pytest.approx(float(found.slopes[row, 0]), rel=1e-9, abs=1e-9), name
