"""kind: loss: what is refused, laws of the losses, and that every number is compared."""

from __future__ import annotations

from math import log

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import diff

from solver import solve
from solver.algebra import symbol
from solver.api import loads
from solver.catalog.hinge import HINGE, class_hinge
from solver.check.backends import Arrays
from solver.check.loss import audited, quantities
from solver.errors import NotComputable, SpecError
from solver.evaluate import value_of

REFUSED = {
    "loss: mse, predicted: [1, 2], target: [1]": [
        "target: expected a target for each prediction, a list of 2; found 1"
    ],
    "loss: mse, predicted: [1, 2], target: 3": ["a list of 2; found 1; for a class write label: 3"],
    "loss: mse, predicted: [[1, 2]], target: [1, 2]": ["1 lists of 2; found 2"],
    "loss: mse, predicted: [[1, 2], [3]], target: [[1, 2], [3]]": ["every sample needs as many numbers"],
    "loss: cce, predicted: [2, 1], target: [1, 0]": ["predicted.1: found 2; cce needs a number from 0 to 1", "logits"],
    "loss: bce, predicted: [0.5], target: [2]": ["target.1: found 2; bce needs targets from 0 to 1"],
    "loss: sparse_cce, predicted: [0.5, 0.5], target: [0, 1]": ["takes the index of the class, from 0, 1 for this one"],
    "loss: sparse_cce, predicted: [0.5, 0.5], target: 2": ["target: found '2'; expected a class from 0 to 1"],
    "loss: sparse_cce, predicted: [[0.5, 0.5]], target: [0, 1]": ["found 2 classes for 1 samples"],
    "loss: cce, predicted: [0.5, 0.5], label: dg, classes: [cat, dog]": ["label: found 'dg'", "Did you mean dog?"],
    "loss: cce, predicted: [0.5, 0.5], label: 0, classes: [cat]": ["classes: 1 names, but 2 outputs"],
    "loss: cce, predicted: [0.5], target: [1], label: 0": ["label: found both target and label"],
    "loss: hinge, predicted: [0.5, 2], target: [0, 1]": ["target.1: found 0; hinge needs targets -1 and 1"],
    "loss: {hinge: -1}, predicted: [0.5], target: [1]": ["loss.hinge: found -1; expected a number above 0"],
    "loss: mse, logits: [1], target: [1]": ["logits: logits need `output: softmax` or `output: sigmoid`"],
    "loss: mse, predicted: [1], output: softmax, target: [1]": ["output: predictions are taken as they are"],
    "loss: mse, predicted: [1], logits: [1], target: [1]": ["logits: found both predicted and logits"],
    "loss: mse, logits: [1], output: softmax, target: [1]": ["softmax needs at least 2 logits"],
    "loss: mse, target: [1]": ["the key predicted (or logits) is missing"],
    "loss: mse, predicted: [1]": ["the key target (or label) is missing"],
    "loss: msee, predicted: [1], target: [1]": ["loss: found 'msee'", "Did you mean mse?"],
    "loss: cross_entropy, predicted: [1], target: [1]": ["Did you mean cce?"],
    "loss: mse, y_pred: [1], target: [1]": ["Did you mean predicted?"],
    "loss: mse, predicted: [x], target: [1]": ["predicted.1: found 'x'; expected a number"],
    f"loss: mse, predicted: {[1] * 101}, target: {[1] * 101}": ["found 101 outputs; expected at most 100"],
}


def _solved(text: str, **options: object) -> object:
    return solve(loads(f"{{kind: loss, {text}}}"), **options)


@pytest.mark.parametrize("text", REFUSED)
def test_complaints_stand_at_their_place(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        _solved(text)
    for words in REFUSED[text]:
        assert words in str(caught.value)


def test_ln_0_names_the_line() -> None:
    with pytest.raises(NotComputable, match="E_1: ln 0"):
        _solved("loss: cce, predicted: [0, 1], target: [1, 0]")


def test_a_single_prediction_needs_no_list() -> None:
    assert _solved("loss: half_sse, predicted: 3, target: 1").answers == {"gradient": [2.0], "E": 2.0}


def test_several_samples() -> None:
    text = "loss: sse, predicted: [[1, 2], [3, 4]], target: [[1, 1], [1, 1]]"
    mean, whole = _solved(text).answers, _solved(f"{text}, reduction: sum").answers
    assert (mean["E_samples"], mean["E"], mean["gradient"]) == ([1, 13], 7, [[0, 1], [2, 3]])
    assert (whole["E_samples"], whole["E"], whole["gradient"]) == ([1, 13], 14, [[0, 2], [4, 6]])


def test_one_hot_is_shown() -> None:
    text = _solved("loss: cce, predicted: [0.2, 0.8], label: dog, classes: [cat, dog]").to_text()
    assert "class dog, which is output y2" in text
    assert "t = [0, 1]" in text


def test_a_target_of_0_leaves_nothing() -> None:
    assert "[the target is 0: nothing is left]" in _solved("loss: cce, predicted: [0, 1], target: [0, 1]").to_text()


def test_grey_levels() -> None:
    solution = _solved("loss: sse, scale: 255, predicted: [51], target: [255]")
    assert solution.answers == {"gradient": [-1.6], "E": 0.64}
    assert "a grey level of 8 bits has 2^8 = 256 values" in solution.to_text()


def test_kinks_are_named_and_not_differenced() -> None:
    for text in ("loss: mae, predicted: [1], target: [1]", "loss: hinge, predicted: [1], target: [1]"):
        solution = _solved(text)
        assert "[at the kink taken as 0]" in solution.to_text()
        assert solution.check.skipped == ("dE/dy1",)
    assert "[at the kink taken as 0]" in _solved("loss: hinge, predicted: [2, 1, 0], target: 0").to_text()


def test_slopes_of_the_hinge_are_its_derivatives() -> None:
    t, y, d, *scores = (symbol(key) for key in ("t", "y", "d", "a", "b", "c"))
    points = [(1, "0.3"), (1, "5"), (-1, "0.3"), (-1, "-7")]
    for target, output in points:
        numbers = {"t": target, "y": float(output), "d": 2.0}
        slope = value_of(HINGE.slope(t, y, 3, d), numbers)
        step = 1e-6
        up, down = (value_of(HINGE.part(t, y, 3, d), {**numbers, "y": float(output) + s}) for s in (step, -step))
        assert slope == pytest.approx((up - down) / (2 * step), abs=1e-6)
    for j, formula, slopes in class_hinge(d).parts(scores, 1):
        at = {"a": 2.0, "b": 1.5, "c": -9.0, "d": 1.0}
        active = formula.args[1]
        for index, slope in slopes.items():
            wins = value_of(active, at) > 0
            assert value_of(slope, at) == (diff(active, scores[index]) if wins else 0), j


PAIRS = ["softmax cce [0.2, 0.5, 0.3]", "softmax sparse_cce 1", "sigmoid bce [1, 0, 0.4]", "softmax kl [0, 0.4, 0.6]"]


@pytest.mark.parametrize("pair", PAIRS)
def test_short_forms_equal_the_chain(pair: str) -> None:
    output, loss, target = pair.split(maxsplit=2)
    solution = _solved(f"loss: {loss}, logits: [0.3, -1, 2], output: {output}, target: {target}")
    for index in (1, 2, 3):
        assert solution[f"dE/dz{index}:short"].value == pytest.approx(solution[f"dE/dz{index}"].value, abs=1e-12)
    assert sum(solution.answers["gradient"]) == pytest.approx(0, abs=1e-12) or output == "sigmoid"


def test_no_short_form_where_targets_do_not_add_to_1() -> None:
    solution = _solved("loss: cce, logits: [0.3, -1], output: softmax, target: [1, 1]")
    assert "dE/dz1:short" not in solution.working
    assert solution.check.agrees


@pytest.mark.parametrize(
    "text",
    [
        "loss: hinge, predicted: [[3, 5, 4.5], [1, 2, 0]], target: [0, 2]",
        "loss: kl, logits: [0.3, -1, 2], output: softmax, target: [0.2, 0.3, 0.5]",
        "loss: bce, logits: [[0.3, -1], [2, 1]], output: sigmoid, target: [[1, 0], [0, 0.5]]",
        "loss: huber, scale: 15, predicted: [3, 7], target: [15, 0]",
    ],
)
def test_the_check_sees_a_wrong_number(text: str) -> None:
    solution = _solved(text)
    values = {key: float(value) for key, value in solution.full_values.numbers.items()}
    assert audited(values, solution.problem).agrees
    known = quantities(solution.problem, Arrays(numpy, None))
    for key in solution.working.steps:
        assert key.removesuffix(":short") in known
        assert audited(values | {key: values[key] + 1e-4}, solution.problem).first_disagreement == key


SHARES = st.integers(1, 99).map(lambda number: number / 100)
OVER_NUMBERS = st.sampled_from(["sse", "half_sse", "mse", "half_mse", "mae", "huber", "{huber: 0.3}", "hinge"])
OVER_SHARES = st.sampled_from(["bce", "cce", "kl"])


@settings(max_examples=25, deadline=None)
@given(OVER_NUMBERS | OVER_SHARES, st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=4))
def test_every_loss_agrees_with_its_reference(loss: str, pairs: list[tuple[float, float]]) -> None:
    targets = [1 if t > 0.5 else -1 for _, t in pairs] if loss == "hinge" else [t for _, t in pairs]
    solution = _solved(f"loss: {loss}, predicted: {[y for y, _ in pairs]}, target: {targets}")
    assert solution.check.agrees, solution.check.detail
    assert solution.check.compared >= len(solution.working.steps)
    assert all(len(line) <= 80 for line in solution.to_text().splitlines())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-40, 40), min_size=2, max_size=5), st.integers(0, 4))
def test_cross_entropy_from_logits(logits: list[int], label: int) -> None:
    right = label % len(logits)
    numbers = [z / 10 for z in logits]
    solution = _solved(f"loss: sparse_cce, logits: {numbers}, output: softmax, target: {right}")
    whole = sum(numpy.exp(numbers))
    assert solution.check.agrees, solution.check.detail
    assert solution.answers["E"] == pytest.approx(log(whole) - numbers[right], abs=1e-12)
    shares = numpy.exp(numbers) / whole - (numpy.arange(len(numbers)) == right)
    assert solution.answers["gradient"] == pytest.approx(list(shares), abs=1e-12)
