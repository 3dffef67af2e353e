"""kind: perceptron: the learning table against plain loops, its laws, given layers, and mistakes in specs."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import solve
from solver.api import loads
from solver.errors import NotAsked, SpecError
from solver.topics.half_planes import regions


def solved(text: str, **options: Any) -> Any:
    return solve(loads(text), **options)


def samples_text(rows: list[tuple[list[int], int]]) -> str:
    return ", ".join(f"{{inputs: {inputs}, target: {target}}}" for inputs, target in rows)


POINT = st.lists(st.integers(-3, 3), min_size=2, max_size=2)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(POINT, st.integers(0, 1)), min_size=2, max_size=5),
    st.sampled_from(["step", "sign"]),
    st.sampled_from(["1", "0.1", "1/3"]),
    st.sampled_from([">=", ">"]),
)
def test_the_table_is_that_of_a_plain_loop(
    rows: list[tuple[list[int], int]], activation: str, rate: str, fires: str
) -> None:
    low = 0 if activation == "step" else -1
    rows = [(inputs, 1 if target else low) for inputs, target in rows]
    text = f"{{kind: perceptron, samples: [{samples_text(rows)}], weights: [0, 0], bias: 0, learning_rate: {rate}, "
    found = solved(text + f'activation: {activation}, fires: "{fires}", epochs: 4}}')
    weights, bias, eta = [Fraction(0), Fraction(0)], Fraction(0), Fraction(rate)
    for row in found.answers["table"]:
        inputs, target = rows[row["sample"] - 1]
        net = sum(w * x for w, x in zip(weights, inputs, strict=True)) + bias
        output = 1 if (net >= 0 if fires == ">=" else net > 0) else low
        if output != target:
            move = eta * (target if activation == "sign" else target - output)
            weights = [w + move * x for w, x in zip(weights, inputs, strict=True)]
            bias += move
        assert (row["net"], row["output"]) == (pytest.approx(float(net)), output)
        assert row["weights"] == pytest.approx([float(w) for w in weights])
        assert row["bias"] == pytest.approx(float(bias))
    assert found.check.agrees
    assert found.check.compared == len(found.values.numbers)


@pytest.mark.parametrize("gate", ["and", "or", "nand", "nor", "not", "identity", "implies"])
@pytest.mark.parametrize("activation", ["step", "sign"])
def test_gates_that_a_line_makes_are_learned(gate: str, activation: str) -> None:
    found = solved(f"{{kind: perceptron, gate: {gate}, activation: {activation}}}")
    assert found.answers["converged"] is True
    assert found.answers["errors"][-1] == 0
    assert "has no miss" in found.to_text()


@pytest.mark.parametrize("gate", ["xor", "xnor"])
@pytest.mark.parametrize("fires", [">=", ">"])
def test_a_gate_that_no_line_makes_repeats_its_weights(gate: str, fires: str) -> None:
    found = solved(f'{{kind: perceptron, gate: {gate}, fires: "{fires}"}}')
    first, again = found.answers["repeats"]
    ends = [row for row in found.answers["table"] if row["sample"] == 4]
    assert ends[first - 1]["weights"] == ends[again - 1]["weights"]
    assert found.answers["converged"] is False
    text = " ".join(found.to_text().split())
    assert "it never converges" in text
    assert f"Why no line makes {gate.upper()}" in text


def test_a_threshold_stays_unless_it_is_to_learn() -> None:
    spec = "{kind: perceptron, gate: and, weights: [0.3, -0.1], threshold: 0.2, learning_rate: 0.1%s}"
    assert solved(spec % "").answers["threshold"] == 0.2
    learned = solved(spec % ", update_bias: true")
    as_bias = solved(spec.replace("threshold: 0.2", "bias: -0.2") % "")
    assert learned.answers["threshold"] == pytest.approx(-as_bias.answers["bias"])
    assert learned.answers["weights"] == pytest.approx(as_bias.answers["weights"])


def test_difference_of_bipolar_targets_moves_twice_as_far() -> None:
    text = "{kind: perceptron, gate: or, activation: sign, rule: %s, epochs: 1}"
    once, twice = (solved(text % rule)["b[1]"].value for rule in ("target", "difference"))
    assert twice == 2 * once != 0


def test_the_line_is_where_the_net_input_is_zero() -> None:
    found = solved("{kind: perceptron, gate: nand, learning_rate: 0.3}")
    (w1, w2), bias = found.answers["weights"], found.answers["bias"]
    x1 = 0.37
    x2 = found["line_slope"].value * x1 + found["line_intercept"].value
    assert w1 * x1 + w2 * x2 + bias == pytest.approx(0)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-2, 2)] * 3), min_size=1, max_size=4))
def test_every_region_is_found(lines: list[tuple[int, int, int]]) -> None:
    exact = [(Fraction(a), Fraction(b), Fraction(c)) for a, b, c in lines]
    found = regions(exact)
    for pattern, (x1, x2) in found.items():
        assert pattern == tuple(a * x1 + b * x2 + c > 0 for a, b, c in exact)
    for x1, x2 in product([Fraction(n, 2) + Fraction(1, 97) for n in range(-12, 13)], repeat=2):
        heights = [a * x1 + b * x2 + c for a, b, c in exact]
        if all(height or not (a or b) for height, (a, b, _) in zip(heights, exact, strict=True)):
            assert tuple(height > 0 for height in heights) in found


def test_two_lines_and_their_combination() -> None:
    found = solved("{kind: perceptron, layers: [[[1, 1, -0.5], [1, 1, -1.5]], [[1, -1, -0.5]]], gate: xor}")
    assert found.answers["computes"] == "xor"
    assert found.answers["regions"] == [
        {"first_layer": [0, 0], "out_o1": 0.0},
        {"first_layer": [1, 0], "out_o1": 1.0},
        {"first_layer": [1, 1], "out_o1": 0.0},
    ]
    text = " ".join(found.to_text().split())
    assert "The net fires where x2 ≥ −x1 + 0.5 and x2 < −x1 + 1.5" in text
    assert found.check.compared == len(found.values.numbers)


def test_a_net_that_is_not_the_gate_says_which_rows_differ() -> None:
    text = solved("{kind: perceptron, layers: [[[1, 1, -0.5]]], gate: and}").to_text()
    assert "That is not AND: row 2, 3 differs" in " ".join(text.split())


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-2, 2)] * 3), min_size=2, max_size=3), st.sampled_from(["step", "sign"]))
def test_given_layers_agree_with_the_reference(rows: list[tuple[int, int, int]], activation: str) -> None:
    layers = [[list(row) for row in rows], [[*[1, -1, 1][: len(rows)], 0.5]]]
    found = solved(f"{{kind: perceptron, layers: {layers}, activation: {activation}}}")
    assert found.check.agrees
    assert found.check.compared == len(found.values.numbers)


def test_what_is_asked_for_by_name() -> None:
    assert list(solved("{kind: perceptron, gate: and}", find=("weights",)).answers) == ["w1[4]@6", "w2[4]@6"]
    with pytest.raises(NotAsked, match="there is nothing to find"):
        solved("{kind: perceptron, gate: and}", find=("w1",))
    assert "net_7" in solved("{kind: perceptron, gate: and}", until="in[3]@2").to_text()


MISTAKES = [
    ("{kind: perceptron}", "nothing to learn"),
    ("{kind: perceptron, gate: andd}", "Did you mean and"),
    ("{kind: perceptron, gate: and, weights: [1]}", "found 1 weights; expected 2"),
    ("{kind: perceptron, gate: and, bias: 1, threshold: 1}", "found both bias and threshold"),
    ("{kind: perceptron, gate: and, rule: target, activation: step}", "adds nothing where the target is 0"),
    ("{kind: perceptron, gate: and, activation: sigmoid}", "expected one of step, sign"),
    ("{kind: perceptron, gate: and, activation: relu}", "learns with step or sign"),
    ("{kind: perceptron, gate: and, epochs: 2000}", "at most 500"),
    ("{kind: perceptron, gate: not, gate_inputs: 2}", "not takes 1"),
    ("{kind: perceptron, samples: [{inputs: [1], target: 2}]}", "expected 1 or 0 with activation: step"),
    ("{kind: perceptron, samples: [{inputs: [1]}]}", "the key target is missing"),
    ("{kind: perceptron, samples: [{inputs: [1], target: 1}, {inputs: [1, 2], target: 1}]}", "the first sample has 1"),
    ("{kind: perceptron, samples: [{inputs: [1], target: 1}], gate: and}", "found both a gate and samples"),
    ("{kind: perceptron, gate: and, learning_rate: 0}", "a number above 0"),
    ("{kind: perceptron, gate: and, lerning_rate: 1}", "Did you mean learning_rate"),
    ("{kind: perceptron, layers: [[[1, 1, 0]], [[1, 1, 0]]]}", "2 weights in row 1, but there are 1 neurons"),
    ("{kind: perceptron, layers: [[[1, 1, 0]]], epochs: 3}", "given layers do not learn"),
    ("{kind: perceptron, layers: [{weights: [[1, 1]], biases: [1, 2]}]}", "2 biases for 1 neurons"),
    ("{kind: perceptron, layers: [[[1, 1, 0], [1, 1, 1]]], gate: and}", "found 2 outputs; a gate has one"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_mistakes_are_answered_with_the_fix(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        loads(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("carry", ["full", "rounded"])
@pytest.mark.parametrize("form", ["to_text", "to_markdown", "to_latex"])
@pytest.mark.parametrize("spec", ["gate: nor, learning_rate: 1/3", "gate: xor", "layers: [[[1, 2, 1/3]]]"])
def test_every_format_is_made(form: str, carry: str, spec: str) -> None:
    page = getattr(solved(f"{{kind: perceptron, {spec}}}", carry=carry), form)()
    assert "Truth table" in page or "Learning table" in page
