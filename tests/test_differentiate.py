"""Derivations: their lines as a teacher writes them, and the law that no line is ever wrong."""

from __future__ import annotations

import subprocess
import sys

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.algebra import (
    Expr,
    Integer,
    Rational,
    absolute,
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
    symbol,
    total,
)
from solver.differentiate import DERIVATIVE_RULES, derivation, derivative, equal, is_marker

x, y, z, t, q, a = (symbol(name) for name in "xyztqa")
ONE, TWO, HALF, ZERO = Integer(1), Integer(2), Rational(1, 2), Integer(0)


# ---- a plain speller: arguments in the order in which they are stored ----


def spelled(e: Expr, tight: int = 0) -> str:
    text, strength = _spelling(e)
    return f"({text})" if strength < tight else text


def _spelling(e: Expr) -> tuple[str, int]:
    kind = type(e).__name__
    if is_marker(e):
        return f"{kind}/{kind}{e.args[1]}[{spelled(e.args[0])}]", 9
    if e.is_Rational:
        return str(e), 9 if e.is_Integer and e >= 0 else 2
    if e.is_Add:
        return _added([spelled(term, 2) for term in e.args]), 1
    if e.is_Mul and e.args[0] == -1:
        return "-" + "*".join(spelled(factor, 3) for factor in e.args[1:]), 2
    if e.is_Mul:
        return "*".join(spelled(factor, 3) for factor in e.args), 3
    if e.is_Pow:
        return f"{spelled(e.args[0], 5)}^{spelled(e.args[1], 5)}", 4
    if e.is_Piecewise:
        return "{" + "; ".join(f"{spelled(v)} if {spelled(c)}" for v, c in e.args) + "}", 9
    if e.is_Relational:
        return f"{spelled(e.args[0])} {e.rel_op} {spelled(e.args[1])}", 9
    return (f"{kind}({', '.join(map(spelled, e.args))})" if e.args else str(e)), 9


def _added(terms: list[str]) -> str:
    rest = (f" - {term[1:]}" if term.startswith("-") else f" + {term}" for term in terms[1:])
    return terms[0] + "".join(rest)


def lines(formula: Expr, by: Expr) -> list[str]:
    return [
        f"{spelled(line.formula)}{' | ' if line.rules else ''}{' '.join(line.rules)}"
        for line in derivation(formula, by)
    ]


# ---- an independent truth: numbers that carry their derivative along ----


class Dual:
    """value + slope·ε, with ε² = 0."""

    def __init__(self, value: object, slope: object = 0) -> None:
        self.value, self.slope = mpmath.mpf(value), mpmath.mpf(slope)

    def after(self, value: object, outer: object) -> Dual:
        return Dual(value, mpmath.mpf(outer) * self.slope)


def dual(e: Expr, by: Expr, at: dict[Expr, object]) -> Dual:
    """The formula's value and its true derivative; a marker counts as the true derivative of its body."""
    if is_marker(e):
        return Dual(dual(e.args[0], by, at).slope)
    if e.is_Symbol:
        return Dual(at[e], 1 if e == by else 0)
    if e.is_Rational:
        return Dual(mpmath.mpf(int(e.p)) / int(e.q))
    if e.is_Piecewise:
        return dual(next(piece for piece, when in e.args if _true(when, by, at)), by, at)
    parts = [dual(argument, by, at) for argument in e.args]
    return _DUAL[type(e).__name__](*parts)


def _true(when: Expr, by: Expr, at: dict[Expr, object]) -> bool:
    if when is sympy.true:
        return True
    left, right = (dual(side, by, at).value for side in when.args)
    return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[when.rel_op]


def _add(*parts: Dual) -> Dual:
    return Dual(mpmath.fsum(p.value for p in parts), mpmath.fsum(p.slope for p in parts))


def _mul(*parts: Dual) -> Dual:
    result = Dual(1)
    for p in parts:
        result = Dual(result.value * p.value, result.slope * p.value + result.value * p.slope)
    return result


def _pow(base: Dual, exponent: Dual) -> Dual:
    n, value = exponent.value, base.value**exponent.value
    if exponent.slope == 0:
        return base.after(value, n * base.value ** (n - 1) if n else 0)
    return Dual(value, value * (exponent.slope * mpmath.log(base.value) + n * base.slope / base.value))


_DUAL = {
    "Add": _add,
    "Mul": _mul,
    "Pow": _pow,
    "exp": lambda u: u.after(mpmath.exp(u.value), mpmath.exp(u.value)),
    "log": lambda u: u.after(mpmath.log(u.value), 1 / u.value),
    "tanh": lambda u: u.after(mpmath.tanh(u.value), mpmath.sech(u.value) ** 2),
    "sin": lambda u: u.after(mpmath.sin(u.value), mpmath.cos(u.value)),
    "cos": lambda u: u.after(mpmath.cos(u.value), -mpmath.sin(u.value)),
    "erf": lambda u: u.after(mpmath.erf(u.value), 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-(u.value**2))),
    "Abs": lambda u: u.after(abs(u.value), mpmath.sign(u.value)),
    "Max": lambda *us: max(us, key=lambda u: u.value),
    "Min": lambda *us: min(us, key=lambda u: u.value),
    "Pi": lambda: Dual(+mpmath.pi),
}


def assert_every_line_true(formula: Expr, by: Expr, at: dict[Expr, object]) -> None:
    with mpmath.workdps(60):
        true = dual(formula, by, at).slope
        for line in derivation(formula, by):
            found = dual(line.formula, by, at).value
            assert abs(found - true) <= mpmath.mpf("1e-25") * (1 + abs(true)), spelled(line.formula)


# ---- look: the lines of what an exam asks for ----

SIGMOID = quotient(ONE, total([ONE, exponential(negative(z))]))
RISE, FALL = exponential(z), exponential(negative(z))
TANH = quotient(difference(RISE, FALL), total([RISE, FALL]))
GELU = product(HALF, z, total([ONE, error_function(quotient(z, power(TWO, HALF)))]))
HALF_SQUARE = product(HALF, power(difference(t, y), 2))
CROSS_ENTROPY = negative(total([product(t, logarithm(y)), product(difference(ONE, t), logarithm(difference(ONE, y)))]))
KL = product(t, logarithm(quotient(t, y)))
SOFTPLUS = logarithm(total([ONE, exponential(z)]))
ELU = cases((z, z > 0), (product(a, difference(exponential(z), ONE)), True))
ABSOLUTE = product(Rational(1, 3), absolute(difference(t, y)))
HINGE = maximum(ZERO, difference(ONE, product(t, y)))
SINE = sympy.sin(product(Integer(3), x), evaluate=False)
COSINE = sympy.cos(power(x, 2), evaluate=False)
LEAST = sympy.Min(x, y, evaluate=False)

SHOWN = {
    "sigmoid": (
        SIGMOID,
        z,
        [
            "d/dz[(1 + exp(-z))^(-1)]",
            "-(1 + exp(-z))^(-2)*d/dz[1 + exp(-z)] | power chain",
            "-(1 + exp(-z))^(-2)*(0 + exp(-z)*d/dz[-z]) | sum constant exponential chain",
            "-(1 + exp(-z))^(-2)*exp(-z)*(-1) | constant_factor variable tidy",
            "exp(-z)*(1 + exp(-z))^(-2) | tidy",
        ],
    ),
    "tanh as a quotient": (
        TANH,
        z,
        [
            "d/dz[(exp(z) - exp(-z))*(exp(z) + exp(-z))^(-1)]",
            "(d/dz[exp(z) - exp(-z)]*(exp(z) + exp(-z)) - (exp(z) - exp(-z))*d/dz[exp(z) + exp(-z)])"
            "*(exp(z) + exp(-z))^(-2) | quotient",
            "((exp(z) - exp(-z)*d/dz[-z])*(exp(z) + exp(-z)) - "
            "(exp(z) - exp(-z))*(exp(z) + exp(-z)*d/dz[-z]))*(exp(z) + exp(-z))^(-2) | "
            "sum exponential constant_factor chain",
            "((exp(z) - exp(-z)*(-1))*(exp(z) + exp(-z)) - (exp(z) - exp(-z))*(exp(z) + exp(-z)*(-1)))"
            "*(exp(z) + exp(-z))^(-2) | constant_factor variable",
            "((exp(z) + exp(-z))^2 - (exp(z) - exp(-z))^2)*(exp(z) + exp(-z))^(-2) | tidy",
        ],
    ),
    "tanh": (hyperbolic_tangent(z), z, ["d/dz[tanh(z)]", "1 - tanh(z)^2 | tanh"]),
    "gelu": (
        GELU,
        z,
        [
            "d/dz[(1/2)*z*(1 + erf(z*(2^(1/2))^(-1)))]",
            "(1/2)*(1*(1 + erf(z*(2^(1/2))^(-1))) + z*d/dz[1 + erf(z*(2^(1/2))^(-1))])"
            " | constant_factor product variable",
            "(1/2)*(1 + erf(z*(2^(1/2))^(-1)) + z*(0 + 2*(pi^(1/2))^(-1)*exp(-(z*(2^(1/2))^(-1))^2)"
            "*d/dz[z*(2^(1/2))^(-1)])) | sum constant erf chain tidy",
            "(1/2)*(1 + erf(z*(2^(1/2))^(-1)) + z*2*(pi^(1/2))^(-1)"
            "*exp(-(z*(2^(1/2))^(-1))^2)*(2^(1/2))^(-1)) | constant_factor variable tidy",
            "(1/2)*(1 + erf(z*(2^(1/2))^(-1)) + 2*z*exp(-(z*(2^(1/2))^(-1))^2)*(pi^(1/2))^(-1)*(2^(1/2))^(-1)) | tidy",
        ],
    ),
    "softplus": (
        SOFTPLUS,
        z,
        [
            "d/dz[log(1 + exp(z))]",
            "(1 + exp(z))^(-1)*d/dz[1 + exp(z)] | logarithm chain",
            "(1 + exp(z))^(-1)*(0 + exp(z)) | sum constant exponential",
            "exp(z)*(1 + exp(z))^(-1) | tidy",
        ],
    ),
    "elu": (
        ELU,
        z,
        [
            "∂/∂z[{z if z > 0; a*(exp(z) - 1) if True}]",
            "{1 if z > 0; a*(exp(z) - 0) if True} | cases variable constant_factor sum exponential constant",
            "{1 if z > 0; a*exp(z) if True} | tidy",
        ],
    ),
    "half the square": (
        HALF_SQUARE,
        y,
        [
            "∂/∂y[(1/2)*(t - y)^2]",
            "(1/2)*2*(t - y)*∂/∂y[t - y] | constant_factor power chain",
            "(1/2)*2*(t - y)*(0 - 1) | sum constant constant_factor variable",
            "-(t - y) | tidy",
            "y - t | sign",
        ],
    ),
    "cross-entropy": (
        CROSS_ENTROPY,
        y,
        [
            "∂/∂y[-(t*log(y) + (1 - t)*log(1 - y))]",
            "-(t*y^(-1) + (1 - t)*(1 - y)^(-1)*∂/∂y[1 - y]) | constant_factor sum logarithm chain",
            "-(t*y^(-1) + (1 - t)*(1 - y)^(-1)*(0 - 1)) | sum constant constant_factor variable",
            "-(t*y^(-1) - (1 - t)*(1 - y)^(-1)) | tidy",
            "(1 - t)*(1 - y)^(-1) - t*y^(-1) | sign",
        ],
    ),
    "kullback-leibler": (
        KL,
        y,
        [
            "∂/∂y[t*log(t*y^(-1))]",
            "t*(t*y^(-1))^(-1)*∂/∂y[t*y^(-1)] | constant_factor logarithm chain",
            "t*(t*y^(-1))^(-1)*t*(-y^(-2)) | constant_factor power",
            "-t*y^(-1) | tidy",
        ],
    ),
    "absolute": (
        ABSOLUTE,
        y,
        [
            "∂/∂y[(1/3)*Abs(t - y)]",
            "(1/3)*{1 if t - y > 0; -1 if t - y < 0; 0 if True}*∂/∂y[t - y] | constant_factor absolute chain",
            "(1/3)*{1 if t - y > 0; -1 if t - y < 0; 0 if True}*(0 - 1) | sum constant constant_factor variable",
            "{-1/3 if t - y > 0; 1/3 if t - y < 0; 0 if True} | tidy",
        ],
    ),
    "relu": (
        maximum(ZERO, z),
        z,
        ["d/dz[Max(0, z)]", "{1 if z > 0; 0 if True} | maximum variable constant"],
    ),
    "hinge": (
        HINGE,
        y,
        [
            "∂/∂y[Max(0, 1 - t*y)]",
            "{0 - t if 1 - t*y > 0; 0 if True} | maximum sum constant constant_factor variable",
            "{-t if 1 - t*y > 0; 0 if True} | tidy",
        ],
    ),
    "smaller of two": (LEAST, x, ["∂/∂x[Min(x, y)]", "{0 if y < x; 1 if True} | minimum constant variable"]),
    "a step is flat": (
        cases((ONE, z >= 0), (ZERO, True)),
        z,
        ["d/dz[{1 if z >= 0; 0 if True}]", "{0 if z >= 0; 0 if True} | cases constant", "0 | tidy"],
    ),
    "root": (
        power(total([power(x, 2), power(y, 2)]), HALF),
        x,
        [
            "∂/∂x[(x^2 + y^2)^(1/2)]",
            "(2*(x^2 + y^2)^(1/2))^(-1)*∂/∂x[x^2 + y^2] | root chain",
            "(2*(x^2 + y^2)^(1/2))^(-1)*(2*x + 0) | sum power constant",
            "x*((x^2 + y^2)^(1/2))^(-1) | tidy",
        ],
    ),
    "sine": (
        SINE,
        x,
        [
            "d/dx[sin(3*x)]",
            "cos(3*x)*d/dx[3*x] | sin chain",
            "cos(3*x)*3 | constant_factor variable",
            "3*cos(3*x) | tidy",
        ],
    ),
    "cosine": (
        COSINE,
        x,
        [
            "d/dx[cos(x^2)]",
            "-sin(x^2)*d/dx[x^2] | cos chain",
            "-sin(x^2)*2*x | power",
            "-2*sin(x^2)*x | tidy",
        ],
    ),
    "a number to a power": (power(TWO, x), x, ["d/dx[2^x]", "2^x*log(2) | number_to_power"]),
    "a function to a function": (
        power(x, x),
        x,
        [
            "d/dx[x^x]",
            "x^x*d/dx[x*log(x)] | power_of_functions",
            "x^x*(1*log(x) + x*d/dx[log(x)]) | product variable",
            "x^x*(log(x) + x*x^(-1)) | logarithm tidy",
            "x^x*(log(x) + 1) | tidy",
        ],
    ),
    "no line that looks like the one above it": (
        product(power(y, -1), power(x, 3)),
        x,
        ["∂/∂x[y^(-1)*x^3]", "3*x^2*y^(-1) | constant_factor power"],
    ),
    "constant": (Integer(5), x, ["d/dx[5]", "0 | constant"]),
    "variable": (x, x, ["d/dx[x]", "1 | variable"]),
}


@pytest.mark.parametrize("name", SHOWN)
def test_lines_as_a_teacher_writes_them(name: str) -> None:
    formula, by, expected = SHOWN[name]
    assert lines(formula, by) == expected


def test_every_rule_is_used_and_no_other() -> None:
    used = {rule for f, by, _ in SHOWN.values() for line in derivation(f, by) for rule in line.rules}
    assert used == set(DERIVATIVE_RULES)


AT = {x: "0.7", y: "0.4", z: "-1.3", t: "0.9", q: "2.5", a: "1.6"}


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("swap", [False, True])
def test_each_line_shown_is_true(name: str, swap: bool) -> None:
    formula, by, _ = SHOWN[name]
    at = AT | {z: "1.3", t: "0.2"} if swap else AT
    assert_every_line_true(formula, by, {s: mpmath.mpf(v) for s, v in at.items()})


# ---- order: what a teacher typed stays where it was typed ----


@pytest.mark.parametrize(
    ("formula", "by", "expected"),
    [
        (product(q, z), q, "z"),
        (product(q, z), z, "q"),
        (total([x, y]), x, "1"),
        (total([product(z, x), product(y, x), q]), x, "z + y"),
        (total([power(z, 2), product(y, z), a]), z, "2*z + y"),
        (product(z, x, a, y), x, "z*a*y"),
        (product(x, x), x, "2*x"),
        (product(y, power(total([z, q, a]), 3)), q, "3*y*(z + q + a)^2"),
        (product(total([z, a]), hyperbolic_tangent(total([y, x]))), x, "(z + a)*(1 - tanh(y + x)^2)"),
        (difference(x, product(x, y)), y, "-x"),
        (quotient(z, y), y, "-z*y^(-2)"),
        (quotient(x, TWO), x, "1/2"),
        (quotient(power(x, 2), TWO), x, "x"),
        (quotient(negative(x), product(Integer(3), y)), x, "-3^(-1)*y^(-1)"),
        (power(difference(t, y), 2), y, "2*(y - t)"),
        (power(x, negative(TWO)), x, "-2*x^(-3)"),
        (power(x, a), x, "a*x^(a - 1)"),
        (power(x, 0), x, "0"),
        (power(sympy.E, negative(x)), x, "-E^(-x)"),
        (logarithm(power(x, 2)), x, "2*x^(-1)"),
        (maximum(ZERO, x, y), y, "{{1 if y > x; 0 if True} if Max(x, y) > 0; 0 if True}"),
        (product(power(x, 2), quotient(ONE, total([x, y]))), x, "(2*x*(x + y) - x^2)*(x + y)^(-2)"),
        (total([exponential(x), exponential(x)]), x, "2*exp(x)"),
        (product(exponential(x), exponential(x)), x, "2*exp(x)^2"),
        (
            absolute(total([ONE, cases((x, x > 0), (z, True))])),
            x,
            "{{1 if 1 + x > 0; -1 if 1 + x < 0; 0 if True} if x > 0; 0 if True}",
        ),
        (
            maximum(ZERO, cases((x, x > 0), (product(a, x), True))),
            x,
            "{{1 if x > 0; 0 if True} if x > 0; {a if a*x > 0; 0 if True} if True}",
        ),
        (power(power(x, HALF), 4), x, "2*(x^(1/2))^2"),
    ],
)
def test_order_is_kept(formula: Expr, by: Expr, expected: str) -> None:
    assert spelled(derivative(formula, by)) == expected


def test_function_without_rule_is_refused() -> None:
    with pytest.raises(TypeError, match="gamma"):
        derivation(sympy.gamma(x, evaluate=False), x)


# ---- law: no line of any derivation is wrong ----

_LEAVES = st.sampled_from([x, z, x, z, ONE, TWO, Integer(3), Integer(-2), HALF, ZERO])


def _grown(part: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    def positive(u: Expr) -> Expr:
        return total([ONE, power(u, 2)])

    return st.one_of(
        st.lists(part, min_size=2, max_size=3).map(total),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: product(*parts)),
        st.builds(difference, part, part),
        st.builds(negative, part),
        st.builds(lambda u, v: quotient(u, positive(v)), part, part),
        st.builds(lambda u, n: power(positive(u), n), part, st.sampled_from([-2, -1, HALF, -HALF, 3])),
        st.builds(power, part, st.integers(1, 3)),
        st.builds(lambda u: exponential(hyperbolic_tangent(u)), part),
        st.builds(lambda u: exponential(negative(power(u, 2))), part),
        st.builds(lambda u: logarithm(positive(u)), part),
        st.builds(hyperbolic_tangent, part),
        st.builds(error_function, part),
        st.builds(absolute, part),
        st.builds(lambda u: maximum(Rational(1, 7), u), part),
        st.builds(lambda u, v: cases((u, x > HALF), (v, True)), part, part),
    )


FORMULAS = st.recursive(_LEAVES, _grown, max_leaves=6)
_COORDINATES = st.sampled_from(["0.31", "0.83", "1.27", "-0.59", "-1.13"])


@settings(max_examples=200, deadline=None)
@given(FORMULAS, _COORDINATES, _COORDINATES)
def test_no_line_is_ever_wrong(formula: Expr, at_x: str, at_z: str) -> None:
    assert_every_line_true(formula, x, {x: mpmath.mpf(at_x), z: mpmath.mpf(at_z)})
    rules = {rule for line in derivation(formula, x) for rule in line.rules}
    assert rules <= set(DERIVATIVE_RULES)
    assert derivation(formula, x)[0].rules == ()
    assert not any(is_marker(e) for e in sympy.preorder_traversal(derivative(formula, x)))


SMOOTH = [
    SIGMOID,
    TANH,
    GELU,
    SOFTPLUS,
    hyperbolic_tangent(product(z, z)),
    quotient(power(z, 3), total([ONE, exponential(power(z, 2))])),
    product(z, hyperbolic_tangent(z), exponential(negative(z))),
]


@pytest.mark.parametrize("formula", SMOOTH, ids=spelled)
def test_agrees_with_sympy(formula: Expr) -> None:
    assert equal(derivative(formula, z), sympy.diff(formula, z))


def test_loads_no_printer_and_no_numpy() -> None:
    code = (
        "import sys, sympy; before = set(sys.modules); import solver.differentiate; "
        "print(sorted(m for m in set(sys.modules) - before if m.startswith(('sympy', 'numpy', 'mpmath'))))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
