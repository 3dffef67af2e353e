"""kind: dropout: masks, scaling, all thinned nets against a plain sum, and what its specs answer to mistakes."""

from __future__ import annotations

from itertools import product
from math import exp
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import solve
from solver.api import loads
from solver.errors import NotAsked, SpecError

TENTHS = st.integers(-30, 30).map(lambda n: n / 10)


def solved(text: str, **options: Any) -> Any:
    return solve(loads(text), **options)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(TENTHS, st.integers(0, 1), TENTHS), min_size=1, max_size=6), st.booleans())
def test_a_mask_lets_through_values_and_gradients_alike(units: list[tuple[float, int, float]], inverted: bool) -> None:
    activations, mask, gradient = (list(each) for each in zip(*units, strict=True))
    text = f"{{kind: dropout, activations: {activations}, mask: {mask}, gradient: {gradient}, keep: 0.8"
    found = solved(f"{text}, inverted: {str(inverted).lower()}}}")
    share = 0.8 if inverted else 1
    assert found.answers["outputs"] == pytest.approx([m * a / share for a, m, _ in units])
    assert found.answers["gradient"] == pytest.approx([m * g / share for _, m, g in units])
    assert found.check.agrees
    assert found.check.compared == len(found.values.numbers)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(TENTHS, TENTHS), min_size=1, max_size=4),
    st.sampled_from(["linear", "sigmoid"]),
    st.booleans(),
)
def test_the_mean_is_that_of_all_thinned_nets(
    units: list[tuple[float, float]], activation: str, inverted: bool
) -> None:
    keep = 0.75
    a, w = (list(each) for each in zip(*units, strict=True))
    text = f"{{kind: dropout, phase: all, activations: {a}, keep: {keep}, weights: [{w}], biases: 0.5"
    found = solved(f"{text}, activation: {activation}, inverted: {str(inverted).lower()}}}")
    mean = net_mean = 0.0
    for mask in product((0, 1), repeat=len(a)):
        chance = keep ** sum(mask) * (1 - keep) ** (len(a) - sum(mask))
        net = sum(m * x * v / (keep if inverted else 1) for m, x, v in zip(mask, a, w, strict=True)) + 0.5
        net_mean += chance * net
        mean += chance * (net if activation == "linear" else 1 / (1 + exp(-net)))
    assert found.answers["mean"] == [pytest.approx(mean)]
    assert sum(found.answers["probabilities"]) == pytest.approx(1)
    assert found["in_o1{scaled}"].value == pytest.approx(net_mean)
    assert found.check.agrees
    assert found.check.compared == len(found.values.numbers)


def test_scaled_weights_and_scaled_activations_agree() -> None:
    text = "{kind: dropout, phase: test, activations: [1, 2], keep: 0.3, weights: [[1, 2], [3, 4]], scale: %s}"
    by_weights, by_activations = solved(text % "weights"), solved(text % "activations")
    assert by_weights.answers["net_inputs"] == pytest.approx(by_activations.answers["net_inputs"])
    assert by_weights.answers["weights"] == [pytest.approx([0.3, 0.6]), pytest.approx([0.9, 1.2])]


def test_inverted_dropout_does_nothing_while_testing() -> None:
    found = solved("{kind: dropout, phase: test, activations: [1, 2], keep: 0.3, inverted: true}")
    assert found.answers["outputs"] == [1, 2]


def test_the_scaled_net_is_the_mean_of_a_linear_layer_only() -> None:
    text = "{kind: dropout, phase: all, activations: [1, 2], keep: 0.5, weights: [[3, -1]], activation: %s}"
    assert "They are the same" in solved(text % "linear").to_text()
    assert "They are not the same" in " ".join(solved(text % "tanh").to_text().split())


def test_absent_parameters_count_as_nothing() -> None:
    batch = "{kind: dropout, samples: [{mask: [1, 0], gradient: [0.6, %s]}, {mask: [1, 1], gradient: [0.2, 0.5]}]}"
    for absent in ("null", "7"):
        found = solved(batch % absent)
        assert found.answers["gradient"] == [0.4, 0.25]
        assert found.check.agrees


def test_drop_is_the_other_side_of_keep() -> None:
    kept, dropped = (
        solved(f"{{kind: dropout, activations: [3], mask: [1], inverted: true, {each}}}")
        for each in ("keep: 0.75", "drop: 0.25")
    )
    assert kept.answers == dropped.answers == {"outputs": [4.0]}
    assert kept.to_text() == dropped.to_text()


def test_what_is_asked_for() -> None:
    assert list(solved("{kind: dropout, activations: [3, 4], mask: [1, 0]}", find=("outputs",)).answers) == ["d1", "d2"]
    with pytest.raises(NotAsked, match="no quantity"):
        solved("{kind: dropout, activations: [3, 4], mask: [1, 0]}", find=("dE/da1",))


MISTAKES = [
    ("{kind: dropout}", "the key activations is missing"),
    ("{kind: dropout, activations: [1, 2]}", "the key mask is missing"),
    ("{kind: dropout, activations: [1, 2], mask: [1]}", "1 entries for 2 activations"),
    ("{kind: dropout, activations: [1, 2], mask: [1, 2]}", "a whole number from 0 to 1"),
    ("{kind: dropout, activations: [1], mask: [1], inverted: true}", "the key keep is missing"),
    ("{kind: dropout, activations: [1], mask: [1], keep: 0}", "above 0 and up to 1"),
    ("{kind: dropout, activations: [1], mask: [1], keep: 0.5, drop: 0.5}", "found both keep and drop"),
    ("{kind: dropout, activations: [1], mask: [1], drop: 1}", "no unit is ever kept"),
    ("{kind: dropout, activations: [1], mask: [1], phase: test, keep: 1}", "phase: test has no use for it"),
    ("{kind: dropout, activations: [1], phase: tset, keep: 1}", "Did you mean test"),
    ("{kind: dropout, activations: [1, 1, 1, 1, 1, 1, 1, 1, 1], phase: all, keep: 1}", "at most 8 are worked"),
    ("{kind: dropout, activations: [1, 2], mask: [1, 0], weights: [[1]]}", "1 weights, but the layer has 2 units"),
    ("{kind: dropout, activations: [1], mask: [1], biases: 1}", "add its weights too"),
    ("{kind: dropout, activations: [1], phase: test, keep: 1, scale: weights}", "there are no weights to scale"),
    ("{kind: dropout, samples: [{mask: [1], gradient: [null]}]}", "its mask says that the parameter is there"),
    ("{kind: dropout, samples: [{mask: [1, 0], gradient: [1]}]}", "one for each parameter"),
    ("{kind: dropout, samples: [{mask: [1], gradient: [1]}], keep: 0.5}", "leave it out"),
    ("{kind: dropout, activations: [1], masc: [1]}", "Did you mean mask"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_mistakes_are_answered_with_the_fix(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        loads(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("carry", ["full", "rounded"])
@pytest.mark.parametrize("form", ["to_text", "to_markdown", "to_latex"])
@pytest.mark.parametrize("phase", ["test", "all"])
def test_every_format_is_made(form: str, carry: str, phase: str) -> None:
    text = "{kind: dropout, activations: [1, 2, 1, 1, 3, 1], keep: 0.3, weights: [[1, 2, 1, 1, 1, 1]], phase: %s}"
    page = getattr(solved(text % phase, carry=carry), form)()
    assert "0.3" in page
    assert "Proved" in page
