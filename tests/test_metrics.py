"""kind: metrics: laws of its measures, what is 0/0, and what its specs answer to mistakes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solver import solve
from solver.api import loads
from solver.errors import NotAsked, SpecError

COUNT = st.integers(0, 300)


def solved(text: str, **options: Any) -> Any:
    return solve(loads(text), **options)


def of_counts(tp: int, fn: int, fp: int, tn: int, **options: Any) -> Any:
    return solved(f"{{kind: metrics, confusion: {{tp: {tp}, fn: {fn}, fp: {fp}, tn: {tn}}}}}", **options)


@settings(max_examples=25, deadline=None)
@given(COUNT, COUNT, COUNT, COUNT)
def test_measures_of_counts_are_shares_and_undefined_exactly_at_0_over_0(tp: int, fn: int, fp: int, tn: int) -> None:
    assume(tp + fn + fp + tn)
    found = of_counts(tp, fn, fp, tn)
    bottoms = {"precision": tp + fp, "recall": tp + fn, "specificity": tn + fp, "f1": 2 * tp + fp + fn}
    for key, bottom in bottoms.items():
        assert (found.answers[key] is None) == (bottom == 0), key
        if bottom:
            top = {"precision": tp, "recall": tp, "specificity": tn, "f1": 2 * tp}[key]
            assert found.answers[key] == pytest.approx(top / bottom)
    assert found.answers["accuracy"] + found.answers["error_rate"] == pytest.approx(1)
    assert found.check.agrees


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=20))
def test_micro_averages_are_the_accuracy(pairs: list[tuple[str, str]]) -> None:
    assume(len({label for pair in pairs for label in pair}) > 1)
    actual, predicted = (", ".join(each) for each in zip(*pairs, strict=True))
    found = solved(f"{{kind: metrics, actual: [{actual}], predicted: [{predicted}]}}")
    right = sum(a == p for a, p in pairs) / len(pairs)
    for key in ("accuracy", "micro_precision", "micro_recall", "micro_f1"):
        assert found.answers[key] == pytest.approx(right)
    assert found.check.agrees


def test_what_is_not_defined_is_null_and_said() -> None:
    found = of_counts(0, 3, 0, 7)
    assert found.answers["precision"] is None
    assert found.conventions["not_defined"] == {"precision": "TP + FP = 0, so it is 0/0"}
    assert "precision is not defined: TP + FP = 0" in found.to_text()
    with pytest.raises(NotAsked, match="precision is not defined here"):
        of_counts(0, 3, 0, 7, find=("precision",))


def test_class_one_is_positive_and_any_class_can_be() -> None:
    lists = "kind: metrics\nactual: [1, 0, 1, 1]\npredicted: [1, 1, 0, 1]\n"
    assert solved(lists).answers["tn"] == 0
    assert solved(lists + "positive: 0\n").answers["tp"] == 0
    assert "[samples 1, 4]" in solved(lists).to_text()


def test_a_list_can_be_asked_for_by_its_name() -> None:
    text = "{kind: metrics, labels: [a, b], confusion: [[3, 1], [2, 4]]}"
    assert set(solved(text, find=("recall_a", "macro_f1")).answers) == {"recall_a", "macro_f1"}


def test_labels_that_differ_in_signs_only_keep_keys_of_their_own() -> None:
    found = solved("{kind: metrics, actual: [-1, 1, +1, 0], predicted: [1, 1, -1, 0]}")
    assert found.check.agrees
    assert len(found.answers["precision"]) == 3


MISTAKES = [
    ("{kind: metrics}", "nothing to count"),
    ("{kind: metrics, actual: [1, 0, 1], predicted: [0.9, 0.4, 0.3]}", "these look like probabilities, not classes"),
    ("{kind: metrics, confusion: {tp: 1, fn: 2, fp: 3}}", "the key tn is missing"),
    ("{kind: metrics, confusion: {tp: 1, fn: 2, fp: 3, tn: -1}}", "a whole number from 0"),
    ("{kind: metrics, confusion: {tp: 0, fn: 0, fp: 0, tn: 0}}", "every count is 0"),
    ("{kind: metrics, confusion: [[1, 2], [3, 4]]}", "which class is positive"),
    ("{kind: metrics, confusion: [[1, 2], [3]]}", "each row needs one count for each class"),
    ("{kind: metrics, correct: 6, total: 5}", "at most 5"),
    ("{kind: metrics, correct: 6}", "the key total is missing"),
    ("{kind: metrics, actual: [1, 0]}", "the key predicted is missing"),
    ("{kind: metrics, actual: [1, 0], predicted: [1]}", "each sample needs both"),
    ("{kind: metrics, actual: [cat], predicted: [cta], labels: [cat, dog]}", "Did you mean cat"),
    ("{kind: metrics, confusion: {tp: 1, fn: 2, fp: 3, tn: 4}, postive: yes}", "Did you mean positive"),
    ("{kind: metrics, actual: [a, b], predicted: [a, b], positive: c}", "expected one of a, b"),
    ("{kind: metrics, correct: 4, total: 5, confusion: {tp: 1, fn: 2, fp: 3, tn: 4}}", "found confusion and correct"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_mistakes_are_answered_with_the_fix(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        loads(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("form", ["to_text", "to_markdown", "to_latex"])
def test_every_format_says_the_same(form: str) -> None:
    page = getattr(of_counts(50, 10, 5, 35), form)()
    assert "0.9091" in page
    assert "0.8696" in page
