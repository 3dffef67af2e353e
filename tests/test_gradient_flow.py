"""kind: gradient-flow: the product of slopes and weights, its limits, and what its specs answer to mistakes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import solve
from solver.api import loads
from solver.errors import NotAsked, NotComputable, SpecError


def solved(text: str, **options: Any) -> Any:
    return solve(loads(text), **options)


def chain(depth: int, activation: str, weight: float, start: float, **options: Any) -> Any:
    text = f"{{kind: gradient-flow, depth: {depth}, activation: {activation}, weight: {weight}, input: {start}}}"
    return solved(text, **options)


NUMBER = st.integers(-15, 15).map(lambda tenths: tenths / 10)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12), st.sampled_from(["sigmoid", "tanh", "relu", "softplus", "linear"]), NUMBER, NUMBER)
def test_the_gradient_is_the_product_of_the_factors_and_below_its_bound(
    depth: int, activation: str, weight: float, start: float
) -> None:
    found = chain(depth, activation, weight, start)
    product = 1.0
    for layer in range(1, depth + 1):
        product *= found[f"factor_{layer}"].value
    whole = found[f"dout_{depth}/dx"].value
    assert whole == pytest.approx(product, rel=1e-9, abs=1e-300)
    assert abs(whole) <= found["bound"].value * (1 + 1e-12)
    assert found.check.agrees


@pytest.mark.parametrize(
    ("activation", "weight", "word"),
    [
        ("sigmoid", 1, "vanishes"),
        ("relu", 3, "explodes"),
        ("relu", -1, "is cut off"),
        ("linear", 1, "keeps its size"),
        ("linear", 0.9, "shrinks"),
        ("linear", 1.1, "grows"),
    ],
)
def test_the_verdict_is_said(activation: str, weight: float, word: str) -> None:
    found = chain(10, activation, weight, 0.5)
    assert found.answers["verdict"] == word
    assert f"The gradient {word}" in found.to_text()


def test_a_gradient_of_nothing_has_no_power_of_ten() -> None:
    found = chain(3, "relu", -1, 0.5)
    assert found.answers["log10"] == [None, None, None]
    with pytest.raises(NotAsked, match="mean_factor is not defined here: the product is 0"):
        chain(3, "relu", -1, 0.5, find=("mean_factor",))


def test_several_functions_stand_side_by_side() -> None:
    found = solved("{kind: gradient-flow, depth: 4, activation: [sigmoid, tanh, relu], weight: 1, input: 1}")
    assert [len(each) for each in found.answers["gradients"]] == [4, 4, 4]
    alone = chain(4, "tanh", 1, 1)
    assert found["dout_4/dx[tanh]"].value == alone["dout_4/dx"].value
    assert "Gradients side by side" in found.to_text()


def test_each_layer_can_have_its_own_weight() -> None:
    found = solved("{kind: gradient-flow, depth: 3, activation: linear, weight: [2, 3, 4], bias: [1, 0, 1], input: 1}")
    assert found.answers["dout_3/dx"] == 24
    assert found.answers["out_3"] == 37


def test_beyond_double_precision_is_said() -> None:
    with pytest.raises(NotComputable):
        chain(100, "relu", 1e6, 1)


MISTAKES = [
    ("{kind: gradient-flow, activation: sigmoid, weight: 1, input: 1}", "the key depth is missing"),
    ("{kind: gradient-flow, depth: 3, activation: softmax, weight: 1, input: 1}", "expected one of linear"),
    ("{kind: gradient-flow, depth: 3, activation: sigmoyd, weight: 1, input: 1}", "Did you mean sigmoid"),
    ("{kind: gradient-flow, depth: 3, activation: [tanh, tanh], weight: 1, input: 1}", "tanh stands twice"),
    ("{kind: gradient-flow, depth: 3, activation: tanh, weight: [1, 2], input: 1}", "2 numbers for 3 layers"),
    ("{kind: gradient-flow, depth: 0, activation: tanh, weight: 1, input: 1}", "a whole number from 1 to 100"),
    ("{kind: gradient-flow, depth: 3, activations: tanh, weight: 1, input: 1}", "Did you mean activation"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_mistakes_are_answered_with_the_fix(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        loads(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("carry", ["full", "rounded"])
@pytest.mark.parametrize("form", ["to_text", "to_markdown", "to_latex"])
def test_every_format_shows_the_factors(form: str, carry: str) -> None:
    page = getattr(chain(2, "sigmoid", 1, 0.5, carry=carry), form)()
    assert "0.2350" in page
    assert "0.2273" in page
