"""The tables: every slope is the derivative, every row is taught, used, and known to the reference."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from keyword import kwlist

import pytest
import sympy
from bank import NAMES, problem, solved, styles
from sympy import Expr, Rational, Symbol

from solver import loads, solve
from solver.catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from solver.catalog.losses import CLASS_LOSSES, LOSSES
from solver.check.activations import ACTIVATIONS as REFERENCE_ACTIVATIONS
from solver.check.losses import LOSSES as REFERENCE_LOSSES
from solver.differentiate import DERIVATIVE_RULES, derivation
from solver.equality import equal
from solver.rules import RULES

Z, Y, T, A = (Symbol(letter, real=True) for letter in "zyta")
POINTS = [Rational(n, 16) for n in (-70, -37, -17, -5, -1, 1, 3, 13, 19, 41, 66)]
SETTING = Rational(3, 10)
UNREACHED = """
kind: backprop
inputs: [0.5]
target: 1
loss: sparse_cce
layers: [{weights: [[2], [-1]], activation: sigmoid}]
"""


def value(formula: Expr, at: dict[Symbol, Expr]) -> Expr:
    """The formula at a point, to 30 digits."""
    return formula.subs(at).doit().evalf(30)


def same(one: Expr, other: Expr) -> bool:
    return bool(abs(one - other) < Rational(1, 10**24) * (1 + abs(other)))


def slope_of(formula: Expr, by: Symbol, at: dict[Symbol, Expr]) -> Expr:
    """SymPy's derivative at a point; a Max or Abs is taken apart first, since SymPy says 1/2 and the like at kinks."""
    return value(sympy.diff(formula.rewrite(sympy.Piecewise), by), at)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slope_of_an_activation_is_its_derivative(name: str) -> None:
    row = ACTIVATIONS[name]
    formula = row.formula(Z, A)
    for z in POINTS:
        at = {Z: z, A: SETTING}
        exam = value(row.slope(Z, Y, A), {**at, Y: value(formula, at)})
        assert same(exam, slope_of(formula, Z, at)), f"at {z}"


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slope_of_an_activation_is_the_end_of_its_derivation(name: str) -> None:
    row = ACTIVATIONS[name]
    formula = row.formula(Z, A)
    exam = row.slope(Z, Y, A).xreplace({Y: formula})
    assert equal(derivation(formula, Z)[-1].formula, exam)


@pytest.mark.parametrize("name", LAYER_ACTIVATIONS)
@pytest.mark.parametrize("into", range(3))
@pytest.mark.parametrize("out", range(3))
def test_slope_of_a_layer_activation_is_its_derivative(name: str, out: int, into: int) -> None:
    row = LAYER_ACTIVATIONS[name]
    nets = [Symbol(f"z{i}", real=True) for i in range(3)]
    outs = [Symbol(f"y{i}", real=True) for i in range(3)]
    formulas = [row.formula(nets, i) for i in range(3)]
    for shift in POINTS:
        at = {net: shift / 3 + Rational(i * i, 5) - i for i, net in enumerate(nets)}
        reached = {y: value(f, at) for y, f in zip(outs, formulas, strict=True)}
        exam = value(row.slope(outs, out, into), reached)
        assert same(exam, slope_of(formulas[out], nets[into], at))
    replaced = row.slope(outs, out, into).xreplace(dict(zip(outs, formulas, strict=True)))
    assert equal(derivation(formulas[out], nets[into])[-1].formula, replaced)


def target_and_output(loss: str) -> Iterator[dict[Symbol, Expr]]:
    """Points in the domain of the loss, on both sides of its kinks."""
    for index, y in enumerate(POINTS):
        for t in (Rational(-1), Rational(1), Rational(2, 7)):
            if loss in ("bce", "cce", "kl"):
                yield {Y: Rational(2 * index + 1, 2 * len(POINTS)), T: abs(t)}
            else:
                yield {Y: y, T: t}


@pytest.mark.parametrize("outputs", [1, 2, 3])
@pytest.mark.parametrize("name", LOSSES)
def test_slope_of_a_loss_is_its_derivative(name: str, outputs: int) -> None:
    row = LOSSES[name]
    part, exam = row.part(T, Y, outputs, A), row.slope(T, Y, outputs, A)
    for point in target_and_output(name):
        at = {**point, A: SETTING}
        assert same(value(exam, at), slope_of(part, Y, at)), f"at {point}"


@pytest.mark.parametrize("outputs", [1, 2, 3])
@pytest.mark.parametrize("name", LOSSES)
def test_slope_of_a_loss_is_the_end_of_its_derivation(name: str, outputs: int) -> None:
    row = LOSSES[name]
    target = T**2 if name == "kl" else T  # ln(t / y) is said to be 0 for t = 0, and no target is below
    part, exam = row.part(target, Y, outputs, A), row.slope(target, Y, outputs, A)
    assert equal(derivation(part, Y)[-1].formula, exam)


@pytest.mark.parametrize("true_class", range(3))
@pytest.mark.parametrize("name", CLASS_LOSSES)
def test_slopes_of_a_class_loss_are_its_derivatives(name: str, true_class: int) -> None:
    outs = [Symbol(f"y{i}", real=True) for i in range(3)]
    parts = CLASS_LOSSES[name].parts(outs, true_class)
    assert parts
    for _, formula, slopes in parts:
        assert {outs[i] for i in slopes} == formula.free_symbols
        for index, exam in slopes.items():
            assert equal(derivation(formula, outs[index])[-1].formula, exam)
            for first in POINTS[6:]:
                at = dict(zip(outs, (first, first / 3 + 1, Rational(2, 5)), strict=True))
                assert same(value(exam, at), slope_of(formula, outs[index], at))


def test_sum_of_the_parts_is_the_loss_of_the_interface() -> None:
    """Σ over n outputs, n and Σ taken from the interface's formulas, at one point by hand."""
    t, y = [0.5, 1.0], [0.25, 0.5]
    squares = 0.25**2 + 0.5**2
    expected = {"sse": squares, "half_sse": squares / 2, "mse": squares / 2, "half_mse": squares / 4, "mae": 0.375}
    for name, total in expected.items():
        parts = [LOSSES[name].part(T, Y, 2, A).subs({T: a, Y: b}) for a, b in zip(t, y, strict=True)]
        assert float(sum(parts)) == total


def test_every_row_has_its_line_in_the_reference() -> None:
    assert set(REFERENCE_ACTIVATIONS) == {*ACTIVATIONS, *LAYER_ACTIVATIONS}
    assert set(REFERENCE_LOSSES) == {*LOSSES, *CLASS_LOSSES}


def test_every_row_has_a_title_of_its_own() -> None:
    titles = [row.title for row in (*ACTIVATIONS.values(), *LAYER_ACTIVATIONS.values())]
    losses = [row.title for row in (*LOSSES.values(), *CLASS_LOSSES.values())]
    for some in (titles, losses):
        assert all(some)
        assert len(set(some)) == len(some)


def test_every_row_has_a_problem_in_the_bank() -> None:
    networks = [problem(name).data for name in NAMES]
    used = {neuron.activation.name for network in networks for neuron in network.neurons}
    assert {*ACTIVATIONS, *LAYER_ACTIVATIONS} - used == set()
    losses = {(network.loss.name, network.samples[0].label is not None) for network in networks}
    expected = {(name, False) for name in LOSSES} | {(name, True) for name in CLASS_LOSSES}
    assert expected - losses == set()


def test_every_rule_of_a_network_is_used_in_the_bank() -> None:
    workings = [solved(name, style=style, check=False).working for name in NAMES for style in styles(name)]
    workings.append(solve(loads(UNREACHED)).working)
    used = {step.rule for working in workings for step in working.steps.values()}
    network_rules = {
        "weighted_sum", "activation", "loss", "total", "loss_slope", "activation_slope", "sum_slope", "chain",
        "path", "sum_of_paths", "no_path", "short_form", "change", "update",
    }  # fmt: skip
    assert used - set(RULES) == set()
    assert network_rules - used == set()


@pytest.mark.parametrize("name", RULES)
def test_every_rule_has_a_sentence_and_an_example(name: str) -> None:
    rule = RULES[name]
    assert re.match(r"[A-Z0-9].*\.$", rule.sentence)
    for clause in rule.example.split(", so "):
        left, equals, right = clause.partition(" = ")
        assert left
        assert equals
        assert isinstance(ast.parse(python_names(right), mode="eval"), ast.Expression)


def python_names(formula: str) -> str:
    """The formula with keys such as dE/dw5, w5' or dE/dout_h1:o1 made into plain names."""
    plain = re.sub(r"(?<![\w)])d\w+(?::\w+)?/d\w+(?::\w+)?|\w+:\w+|\w+'", "q", formula)
    words = "|".join(set(kwlist) - {"if", "else"})
    plain = re.sub(rf"\b({words})\b", "q", plain)
    return re.sub(r"\|([^|]*)\|", r"abs(\1)", plain)


@pytest.mark.parametrize("name", DERIVATIVE_RULES)
def test_every_rule_of_differentiation_is_used(name: str) -> None:
    z, a, b = (Symbol(letter) for letter in "zab")
    formulas = [row.formula(z, a) for row in ACTIVATIONS.values()]
    formulas += [row.part(b, z, 2, a) for row in LOSSES.values()]
    formulas += [z**a, a**z, z**z, sympy.sqrt(z), sympy.sin(z) * sympy.cos(z), z * sympy.exp(z) / (1 + z), z / z**2]
    formulas += [sympy.Min(z, a), sympy.Abs(z)]
    used = {rule for formula in formulas for line in derivation(formula, z) for rule in line.rules}
    assert name in used
