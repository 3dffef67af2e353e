"""kind: activation: what is refused, laws of the functions, and that every number is compared."""

from __future__ import annotations

import json

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import solve
from solver.api import loads
from solver.check.activation import audited, quantities
from solver.check.backends import Arrays
from solver.errors import NotAsked, NotComputable, SpecError

REFUSED = {
    "functions: [sigmoyd], inputs: [1]": ["functions.1: found 'sigmoyd'", "Did you mean sigmoid?"],
    "functions: [randomised_relu], inputs: [1]": ["expected its a with it. Write {randomised_relu: 0.1}"],
    "functions: [relu, relu], inputs: [1]": ["functions.2: relu is asked for twice"],
    "functions: softmax, inputs: [1]": ["inputs: softmax needs a vector of at least 2 net inputs, found 1"],
    "functions: [softmax], inputs: [1, a]": ["inputs.2: found 'a'; expected a number"],
    "functions: sigmoid, inputs: []": ["inputs: found an empty list"],
    "functions: sigmoid, inputs: [[1], 2]": ["inputs.2"],
    "functions: {sigmoid: 2}, inputs: [1]": ["expected sigmoid without a setting"],
    "functions: softmax, inputs: [1, 2], classes: [a]": ["classes: 1 names, but 2 net inputs"],
    "functions: relu, inputs: [1, 2], classes: [a, b]": ["classes: only softmax and log_softmax choose a class"],
    "function: relu, inputs: [1]": ["Did you mean functions?"],
    "functions: relu": ["the key inputs is missing"],
    f"functions: relu, inputs: {[1] * 201}": ["found 201 numbers; expected at most 200"],
    f"functions: softmax, inputs: {[1] * 31}": ["softmax of at most 30 net inputs is shown, found 31"],
}


def _solved(text: str, **options: object) -> object:
    return solve(loads(f"{{kind: activation, {text}}}"), **options)


@pytest.mark.parametrize("text", REFUSED)
def test_complaints_stand_at_their_place(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        _solved(text)
    for words in REFUSED[text]:
        assert words in str(caught.value)


def test_a_value_beyond_doubles_names_the_line() -> None:
    with pytest.raises(NotComputable, match=r"leaky_relu\[1\]: the value is beyond double precision"):
        _solved("functions: {leaky_relu: 1e300}, inputs: [-1e200]")


def test_one_number_is_a_list_of_one() -> None:
    assert _solved("functions: relu, inputs: 2").answers == {"relu": [2.0], "relu'": [1.0]}


def test_the_class_is_told_by_name_or_counted_from_0() -> None:
    assert _solved("functions: softmax, inputs: [1, 3, 2]").answers["class"] == 1
    named = _solved("functions: softmax, inputs: [[1, 3], [4, 4]], classes: [cat, dog]")
    assert named.answers["class"] == ["dog", "cat"]
    assert "(the first of equal ones): class cat" in named.to_text()


def test_settings_with_one_letter_are_told_apart() -> None:
    solution = _solved("functions: [{leaky_relu: 0.1}, {leaky_relu: 0.2}, {elu: 2}], inputs: [-1]")
    assert solution.answers["leaky_relu"] == [-0.1]
    assert solution.answers["leaky_relu_2"] == [-0.2]
    assert list(solution.working.givens) == ["z1", "a_1", "a_2", "alpha"]


def test_the_kink_is_named() -> None:
    text = _solved("functions: relu, inputs: [0]").to_text()
    assert "[at the kink taken as 0]" in text
    assert "No finite differences for relu'[1]" in text


def test_a_list_can_be_asked_for() -> None:
    solution = _solved("functions: [sigmoid, tanh], inputs: [0, 1]", find=("sigmoid'",))
    assert list(solution.answers) == ["sigmoid'[1]", "sigmoid'[2]"]
    assert "Hyperbolic" not in solution.to_text().partition("Sigmoid\n")[2]
    with pytest.raises(NotAsked, match="z1 is given"):
        _solved("functions: sigmoid, inputs: [0]", find=("z1",))


def test_the_check_sees_a_wrong_number() -> None:
    solution = _solved("functions: [softmax, log_softmax, gelu], inputs: [200, 201]")
    values = {key: float(value) for key, value in solution.full_values.numbers.items()}
    assert audited(values, solution.problem).agrees
    for key in solution.working.steps:
        assert audited(values | {key: values[key] + 1e-4}, solution.problem).first_disagreement == key


def test_every_printed_number_is_compared() -> None:
    solution = _solved("functions: [softmax, log_softmax, elu, sigmoid], inputs: [[1, 2], [200, 1]], digits: 3")
    assert set(solution.working.steps) <= set(quantities(solution.problem, Arrays(numpy, None)))


NUMBERS = st.integers(-60, 60).map(lambda number: number / 10)
FUNCTIONS = st.sampled_from(
    ["linear", "step", "sign", "sigmoid", "tanh", "relu", "leaky_relu", "prelu", "elu", "softplus", "gelu", "softmax"]
)


@settings(max_examples=25, deadline=None)
@given(FUNCTIONS, st.lists(NUMBERS, min_size=2, max_size=5))
def test_every_page_agrees_with_its_reference(function: str, inputs: list[float]) -> None:
    solution = _solved(f"functions: {function}, inputs: {inputs}")
    assert solution.check.agrees, solution.check.detail
    assert solution.check.compared == len(solution.working.steps)
    assert all(len(line) <= 80 for line in solution.to_text().splitlines())
    assert json.loads(json.dumps(solution.to_json()))["answers"][function] == solution.answers[function]


@settings(max_examples=20, deadline=None)
@given(st.lists(NUMBERS, min_size=2, max_size=5), NUMBERS)
def test_softmax_adds_to_1_and_does_not_feel_a_shift(inputs: list[float], shift: float) -> None:
    answers = _solved(f"functions: [softmax, log_softmax], inputs: {inputs}").answers
    moved = _solved(f"functions: softmax, inputs: {[round(z + 200 + shift, 1) for z in inputs]}").answers
    assert sum(answers["softmax"]) == pytest.approx(1, abs=1e-12)
    assert moved["softmax"] == pytest.approx(answers["softmax"], abs=1e-12)
    assert [sum(row) for row in answers["softmax'"]] == pytest.approx([0] * len(inputs), abs=1e-12)
    assert numpy.exp(answers["log_softmax"]) == pytest.approx(answers["softmax"], abs=1e-12)
