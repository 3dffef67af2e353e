"""kind: logistic-regression: gradients by the chain rule, laws of sigmoid and softmax, complaints, page and formats."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import solve
from solver.algebra import difference, product, symbol
from solver.api import loads
from solver.catalog.activations import ACTIVATIONS
from solver.catalog.losses import LOSSES
from solver.check.logistic_regression import audit, quantities
from solver.differentiate import derivative
from solver.equality import equal
from solver.errors import NotComputable, SpecError

PASSING = "kind: logistic-regression\nx: [1, 2, 3, 4]\ny: [0, 0, 1, 1]\nlearning_rate: 0.5\n"
ANIMALS = (
    "kind: logistic-regression\nx: [[1, 2], [2, 1], [3, 4], [4, 3]]\ny: [cat, dog, owl, owl]\nlearning_rate: 0.1\n"
)


def test_one_step_by_hand() -> None:
    solution = solve(loads(PASSING))
    assert solution.history[0] == pytest.approx(math.log(2))
    assert (solution.answers["dE/dw1"], solution.answers["dE/db"]) == (-0.5, 0)
    assert (solution.answers["w1"], solution.answers["b"]) == (0.25, 0)
    assert solution.answers["probabilities"] == pytest.approx([1 / (1 + math.exp(-x / 4)) for x in (1, 2, 3, 4)])
    assert solution.answers["classes"] == [1, 1, 1, 1]
    assert solution.answers["accuracy"] == 0.5
    assert solution.answers["boundary"] == 0


def test_the_chain_of_cross_entropy_and_sigmoid_collapses() -> None:
    y, z = symbol("y"), symbol("z")
    guess = ACTIVATIONS["sigmoid"].formula(z, z)
    part = LOSSES["bce"].part(y, guess, 1, y)
    assert equal(derivative(part, z), difference(guess, y))
    assert not equal(derivative(part, z), product(difference(guess, y), guess))


def test_the_first_step_of_softmax_by_hand() -> None:
    solution = solve(loads("kind: logistic-regression\nx: [0, 1, 2]\ny: [0, 1, 2]\nlearning_rate: 0.3\n"))
    assert solution.history[0] == pytest.approx(math.log(3))
    # δ is −2/3 for the true class and 1/3 for the others, the features are 0, 1, 2
    expected = {"dE/dw1_0": 1 / 3, "dE/dw1_1": 0, "dE/dw1_2": -1 / 3, "dE/db_0": 0, "dE/db_1": 0, "dE/db_2": 0}
    assert {key: solution.answers[key] for key in expected} == pytest.approx(expected, abs=1e-15)
    assert solution.answers["w1_0"] == pytest.approx(-0.1)


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=4, max_size=6),
    st.sampled_from([["0", "1"], ["0", "1", "2"]]),
    st.sampled_from(["full", "1", "2"]),
    st.sampled_from(["mean", "sum"]),
)
def test_the_reference_agrees_and_probabilities_add_to_one(
    x: list[tuple[int, int]], classes: list[str], batch: str, reduction: str
) -> None:
    y = [classes[i % len(classes)] for i in range(len(x))]
    spec = f"x: {[list(row) for row in x]}\ny: [{', '.join(y)}]\nbatch: {batch}\nreduction: {reduction}\n"
    solution = solve(loads(f"kind: logistic-regression\n{spec}learning_rate: 0.05\nepochs: 6\n"))
    assert solution.check.agrees
    assert len(solution.history) == 7
    if len(classes) == 3:
        assert all(sum(row) == pytest.approx(1) for row in solution.answers["probabilities"])
        weights = [sum(solution.answers[f"w1_{label}"] for label in classes)]
        assert weights == pytest.approx([0], abs=1e-12)  # the gradients of all classes cancel


def test_two_classes_of_softmax_would_be_the_sigmoid_of_twice_the_weight() -> None:
    two = solve(loads(PASSING + "epochs: 20\n"))
    three = solve(loads(PASSING.replace("0.5", "1") + "classes: [0, 1]\nepochs: 20\nreduction: mean\n"))
    assert two.answers["w1"] != three.answers["w1"]
    assert two.conventions["classes"] == three.conventions["classes"] == ["0", "1"]


def test_the_check_sees_a_wrong_number() -> None:
    for spec in (PASSING + "epochs: 3\n", ANIMALS + "epochs: 3\nbatch: 2\n"):
        solution = solve(loads(spec))
        numbers = {key: float(value) for key, value in solution.full_values.numbers.items()}
        assert audit(numbers, solution.problem).agrees
        for key in [key for key in numbers if key in ("dE/dw1@0", "dE/dw2_cat@0", "E", "accuracy", "L[2]", "w1")]:
            verdict = audit({**numbers, key: numbers[key] + 1e-6}, solution.problem)
            assert (verdict.agrees, verdict.first_disagreement) == (False, key)


@pytest.mark.parametrize("spec", [PASSING + "predict: 2\nbatch: 3\nepochs: 3\n", ANIMALS + "predict: [1, 1]\n"])
def test_every_step_is_covered_by_the_reference(spec: str) -> None:
    solution = solve(loads(spec))
    assert set(solution.working.steps) <= set(quantities(solution.problem))


def test_a_weight_of_zero_has_no_boundary() -> None:
    level = "kind: logistic-regression\nx: [1, 1, 2, 2]\ny: [0, 1, 0, 1]\nlearning_rate: 0.5\nepochs: 3\n"
    assert "boundary" not in solve(loads(level)).answers
    assert "boundary" in solve(loads(PASSING)).answers


def test_the_threshold_moves_the_boundary() -> None:
    fitted = PASSING + "epochs: 40\nthreshold: 0.8\n"
    answers = solve(loads(fitted)).answers
    z = answers["w1"] * answers["boundary"] + answers["b"]
    assert 1 / (1 + math.exp(-z)) == pytest.approx(0.8)


def test_a_leap_beyond_the_logarithm_is_said() -> None:
    with pytest.raises(NotComputable, match="learning rate is too large"):
        solve(loads(PASSING.replace("0.5", "5000") + "epochs: 9\n"))


MISTAKES = [
    ("x: [1, 2]\ny: [-1, 1]\nlearning_rate: 1", (3, 5), "For -1 and 1 write 0 and 1"),
    ("x: [1, 2]\ny: [true, false]\nlearning_rate: 1", (3, 5), "Write 1 or 0"),
    ("x: [1, 2]\ny: [5, 5]\nlearning_rate: 1", (3, 4), "at least two classes"),
    ("x: [1, 2]\ny: [0, 1]", (1, 1), "learning_rate is missing"),
    ("x: [1, 2, 3]\ny: [0, 1]\nlearning_rate: 1", (3, 4), "2 numbers, but x has 3 samples"),
    ("x: [1, 2]\ny: [0, 1]\nlearning_rate: 1\nthreshold: 1", (5, 12), "between 0 and 1"),
    ("x: [1, 2]\ny: [0, 1]\nlearning_rate: 1\nstart: {w1_0: 1}", (5, 9), "expected the parameters w1, b"),
    ("x: [1, 2]\ny: [no, oui]\nclasses: [no, yes]\nlearning_rate: 1", (3, 9), "one of the classes no, yes"),
    ("x: [1, 2]\ny: [0, 1]\nclasses: [0, 0]\nlearning_rate: 1", (4, 10), "0 stands there twice"),
    ("x: [1, 2]\ny: [0, 1]\nlearning_rate: 1\ntest: {x: [1], y: [7]}", (5, 20), "one of the classes 0, 1"),
]


@pytest.mark.parametrize(("spec", "place", "words"), MISTAKES)
def test_mistakes_are_named_at_their_place(spec: str, place: tuple[int, int], words: str) -> None:
    with pytest.raises(SpecError) as caught:
        loads(f"kind: logistic-regression\n{spec}\n")
    found = [(c.line, c.column) for c in caught.value.complaints if words in c.message]
    assert found[:1] == [place]


@pytest.mark.parametrize("spec", [PASSING + "epochs: 20\n", ANIMALS + "epochs: 2\nbatch: 3\n"])
def test_every_format_and_cut_of_the_page(spec: str) -> None:
    problem = loads(spec)
    key = problem.data.parameters[0]
    page = solve(problem)
    assert all(len(line) <= 80 for line in page.to_text().splitlines())
    assert r"\begin{document}" in page.to_latex()
    assert "## Answers" in page.to_markdown()
    assert "Find: " in solve(problem, question=True).to_text()
    assert f"= {page[key].text}".replace("-", "−") in solve(problem, find=(f"{key}'",)).to_text()
    assert "learning rate times gradient" in solve(problem, hint=key).to_text().replace("\n   ", " ")
    rounded = solve(problem, carry="rounded", digits=2)
    assert rounded.check.agrees
    assert "rounding line by line moved" in rounded.to_text().replace("\n   ", " ")
