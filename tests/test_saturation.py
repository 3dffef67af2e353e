"""Net inputs whose exponentials leave double precision have the values that they tend to, on page, JSON and check."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Any

import pytest

from solver import DlsolveError, loads, solve
from solver.algebra import Integer, difference, exponential, logarithm, negative, product, quotient, symbol, total
from solver.evaluate import value_of
from solver.overflow import lowered, without_zeros

MATHS = {name: getattr(math, name) for name in ("exp", "log", "tanh", "erf", "sqrt", "pi")} | {"max": max, "min": min}
NET = """
kind: backprop
inputs: [{inputs}]
layers: [{{weights: {weights}, activation: {activation}}}]
target: {target}
loss: {loss}
"""
SIGMOID = NET.format(inputs="-800", weights="[[1]]", activation="sigmoid", target="1", loss="half_sse")
SOFTMAX = NET.format(inputs="900, 901", weights="[[1, 0], [0, 1]]", activation="softmax", target="[0, 1]", loss="cce")
LOW = SOFTMAX.replace("900, 901", "-900, -901")
SURE = SOFTMAX.replace("900, 901", "-400, 400")
LOGS = SOFTMAX.replace("softmax", "log_softmax").replace("cce", "mse")
SOFTPLUS = NET.format(inputs="800", weights="[[1]]", activation="softplus", target="799", loss="sse")
LOGITS = "{kind: loss, loss: cce, logits: [900, 901, -3], output: softmax, target: [0, 1, 0]}"
CURVES = "{kind: activation, functions: [sigmoid, tanh, softplus, elu, gelu], inputs: [-800, 800, 0, 1000]}"
SMALL = 1 / (1 + math.e)

EXPECTED: dict[str, tuple[str, dict[str, Any]]] = {
    "sigmoid": (SIGMOID, {"out_o1": 0.0, "E": 0.5, "dE/dw1": 0.0}),
    "softmax": (SOFTMAX, {"out_o1": SMALL, "out_o2": 1 - SMALL, "E": -math.log(1 - SMALL), "dE/dw1": 900 * SMALL}),
    "far below 0": (LOW, {"out_o1": 1 - SMALL, "E": -math.log(SMALL), "dE/dw1": -900 * (1 - SMALL)}),
    "sure and right": (SURE, {"out_o1": 0.0, "out_o2": 1.0, "E": 0.0, "dE/dw4": 0.0}),
    "log-softmax": (LOGS, {"out_o1": -1 + math.log(1 - SMALL), "out_o2": math.log(1 - SMALL)}),
    "softplus": (SOFTPLUS, {"out_o1": 800.0, "E": 1.0, "dE/dw1": 1600.0}),
    "logits": (LOGITS, {"y1": SMALL, "y2": 1 - SMALL, "y3": 0.0, "E": -math.log(1 - SMALL)}),
    "curves": (CURVES, {"sigmoid[1]": 0.0, "softplus[1]": 0.0, "softplus[2]": 800.0, "sigmoid'[2]": 0.0}),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_saturated_units_have_the_value_they_tend_to(name: str) -> None:
    text, expected = EXPECTED[name]
    solution = solve(loads(text))
    assert {key: solution[key].value for key in expected} == pytest.approx(expected, rel=1e-12, abs=1e-300)
    assert solution.check is not None
    assert solution.check.agrees


@pytest.mark.parametrize("name", EXPECTED)
def test_their_json_is_arithmetic_that_python_evaluates(name: str) -> None:
    for step in solve(loads(EXPECTED[name][0])).to_json()["steps"]:
        assert eval(step["numbers"], {"__builtins__": {}}, MATHS) == pytest.approx(step["value"], rel=1e-9, abs=1e-12)


def test_the_page_says_what_was_done() -> None:
    assert "the largest power of e was taken out first" in " ".join(solve(loads(SOFTMAX)).to_text().split())
    assert "power of e" not in solve(loads(SOFTMAX.replace("900, 901", "0, 1"))).to_text()


@pytest.mark.parametrize("target", ["[1, 0]", "[0.5, 0.5]"])
def test_an_infinite_error_is_refused_with_its_reason(target: str) -> None:
    with pytest.raises(DlsolveError, match=r"ln 0.*0 or 1 to double precision"):
        solve(loads(SURE.replace("[0, 1]\nloss", f"{target}\nloss")))


def test_a_typed_formula_stays_as_it_is() -> None:
    with pytest.raises(DlsolveError, match="beyond double precision"):
        solve(loads("{kind: graph, at: {x: 800}, steps: {y: 1/(1 + exp(x))}}"))


X, Y = symbol("x"), symbol("y")
FORMS = {
    "sigmoid": quotient(Integer(1), total([Integer(1), exponential(negative(X))])),
    "share": quotient(exponential(X), total([exponential(X), exponential(Y), Integer(2)])),
    "scaled": product(Integer(3), quotient(Integer(2), total([exponential(X), exponential(Y)]))),
    "logarithm": difference(X, logarithm(total([exponential(X), exponential(Y), Integer(1)]))),
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(("x", "y"), [(0.5, -1.5), (-3.0, 2.0), (4.0, 4.0)])
def test_the_other_form_has_the_same_value(name: str, x: float, y: float) -> None:
    numbers = {"x": x, "y": y}
    other = lowered(FORMS[name], lambda e: value_of(e, numbers))
    assert other is not None
    assert value_of(other, numbers) == pytest.approx(value_of(FORMS[name], numbers), rel=1e-14)


def test_what_has_no_exponentials_has_no_other_form() -> None:
    assert lowered(quotient(X, Y), lambda e: value_of(e, {"x": 1.0, "y": 0.0})) is None


def test_only_an_exact_zero_drops_a_product() -> None:
    formula = product(X, logarithm(Y))
    assert without_zeros(formula, lambda e: value_of(e, {"x": Fraction(0), "y": 0.0})) == 0
    assert without_zeros(formula, lambda e: value_of(e, {"x": 0.0, "y": 0.0})) == formula


def test_an_infinite_distance_is_null_in_json() -> None:
    from msgspec.structs import replace as changed

    solution = solve(loads(SIGMOID))
    assert solution.check is not None
    object.__setattr__(solution, "check", changed(solution.check, max_error=math.inf, agrees=False))
    assert json.loads(json.dumps(solution.to_json(), allow_nan=False))["check"]["max_error"] is None
