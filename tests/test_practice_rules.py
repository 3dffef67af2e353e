"""What makes problems worth doing: kind numbers, mistakes that can be told apart, a wrong line that can be found."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from problems import cnn_mistakes, practice_sheet, rules, sample
from problems.plan import Plan, entries_of, wished
from problems.posed import Pool, Posed
from problems.samplers import SAMPLERS
from problems.samplers.cnn_shapes import unfit as cnn_unfit
from problems.sheet import make
from problems.wishes import LEVELS
from solver import loads, solve
from solver.evaluate import value_of
from solver.slips import wrong_line

NOT_IN_HEAD = ("logistic-regression", "attention")


def solved(spec: dict[str, Any]) -> Any:
    return solve(loads(json.dumps(spec)))


def network(activation: str, inputs: list[float], biases: list[float]) -> Any:
    layers = [
        {"name": "h", "weights": [[1, 1], [2, 1]], "biases": biases, "activation": activation},
        {"name": "o", "weights": [[1, 1]], "biases": [0], "activation": "linear"},
    ]
    return solved({"kind": "backprop", "inputs": inputs, "layers": layers})


@pytest.mark.parametrize(
    ("activation", "inputs", "biases", "reason"),
    [
        ("sigmoid", [3, 3], [0, 0], "a sigmoid is saturated"),
        ("tanh", [2, 2], [0, 0], "a tanh is saturated"),
        ("relu", [-1, -1], [0, 0], "every ReLU is dead"),
        ("relu", [1, 1], [0, 0], "no ReLU cuts anything off"),
        ("relu", [1, 1], [-2, -4], "a ReLU stands at its kink"),
        ("relu", [1, 1], [-1, -4], ""),
        ("sigmoid", [0.3, 0.2], [0, 0], ""),
    ],
)
def test_saturated_dead_and_linear_nets_are_rejected(
    activation: str, inputs: list[float], biases: list[float], reason: str
) -> None:
    assert rules.units(network(activation, inputs, biases)) == reason


@pytest.mark.parametrize(
    ("image", "reason"), [([[1, 2], [3, 4]], ""), ([[1, 4], [3, 4]], "two values are the largest")]
)
def test_two_largest_values_in_a_window_are_a_tie(image: list[list[int]], reason: str) -> None:
    assert rules.ties(solved({"kind": "convolution", "image": image, "layers": [{"max_pool": 2}]})) == reason


def test_an_answer_of_0_or_1_is_trivial() -> None:
    assert rules.trivial([0.3, [1.00001]]) != ""
    assert rules.trivial([0.3, {"w": -1}]) != ""
    assert rules.trivial([0.3, 2, 0.01]) == ""


def convolution(side: int, **settings: Any) -> Any:
    conv = {"filters": 2, "kernel": 5, **settings}
    return solved({"kind": "cnn-shapes", "input": [side, side, 3], "layers": [{"conv": conv}, "flatten", {"dense": 2}]})


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"padding": 2}, ""),
        ({"padding": 1}, "+1 forgotten gives the same as one P for 2P"),
        ({"padding": "same"}, ""),
        ({"padding": 1, "stride": 2, "kernel": 4}, "one P for 2P gives the same as the right answer"),
    ],
)
def test_one_padding_for_two_must_be_seen_and_told_apart(settings: dict[str, Any], told: str) -> None:
    assert cnn_unfit(convolution(9, **settings)) == told


def test_the_mistakes_with_shapes_and_counts() -> None:
    found = cnn_mistakes.wrong_answers(convolution(12, padding=2), ["conv1.height", "conv1.parameters"])
    assert found == {
        "one P for 2P": {"conv1.height": 10},
        "+1 forgotten": {"conv1.height": 11},
        "channels forgotten": {"conv1.parameters": 5 * 5 * 2 + 2},
        "bias forgotten": {"conv1.parameters": 5 * 5 * 3 * 2},
        "one bias for all": {"conv1.parameters": 5 * 5 * 3 * 2 + 1},
    }


def test_the_key_names_the_mistake_that_is_to_be_found() -> None:
    entries = entries_of(("backprop", "cnn-shapes", "loss"), 3, wished("medium", True, {"ask": "mistake"}))
    paper = make(Plan(entries, 5), Pool())
    key, questions = paper.key.to_markdown(), paper.to_markdown()
    for problem in paper.problems:
        assert "A student finds" in problem.ask
        assert problem.note.startswith("The student's mistake: ")
        assert problem.note in key
        assert problem.note not in questions


@pytest.mark.parametrize("kind", ["backprop", "recurrent", "convolution", "metrics"])
def test_what_a_student_finds_is_wrong(kind: str) -> None:
    posed = sample(kind, seed=3, ask="mistake")
    (name,) = posed.solution.asked
    found = posed.ask.partition(" = ")[2].partition(",")[0].replace("−", "-")
    assert float(found) != pytest.approx(posed.solution.number(name), abs=5e-5)


@pytest.mark.parametrize("kind", ["backprop", "perceptron", "loss", "gradient-descent", "linear-regression", "graph"])
@pytest.mark.parametrize("seed", [1, 2])
def test_exactly_one_line_of_the_working_is_wrong(kind: str, seed: int) -> None:
    solution = sample(kind, seed=seed, ask="line").solution
    found = wrong_line(solution)
    wrong = [
        key
        for key in found.shown
        if float(value_of(solution.working.steps[key].formula, found.values.numbers))
        != pytest.approx(float(found.values.numbers[key]), rel=1e-9, abs=1e-12)
    ]
    assert wrong == [found.key]
    assert found.values.texts[found.key] != solution.values.texts[found.key]


def problems(kind: str, level: str, calculator: bool) -> tuple[Posed, ...]:
    entries = entries_of((kind,), 4, wished(level, calculator, {}))
    return make(Plan(entries, 11), Pool()).problems


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", SAMPLERS)
def test_no_problem_breaks_a_rule_and_none_comes_twice(kind: str, level: str) -> None:
    found = problems(kind, level, True)
    assert len({json.dumps(posed.spec) for posed in found}) == len(found)
    for posed in found:
        solution = posed.solution
        assert solution.check.agrees
        if kind == "cnn-shapes":
            continue
        assert rules.ties(solution) == ""
        assert rules.confusing(solution) == ""
        for key, step in solution.working.steps.items():
            if step.rule == "activation" and step.formula.is_Pow and "'" not in key:
                assert 0.01 < solution.values.numbers[key] < 0.99


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", [kind for kind in SAMPLERS if kind not in (*NOT_IN_HEAD, "cnn-shapes")])
def test_without_a_calculator_every_line_is_short_and_exact(kind: str, level: str) -> None:
    for posed in problems(kind, level, False):
        for key in posed.solution.shown_keys:
            text = posed.solution.values.texts[key]
            assert len(text) <= 7
            assert Fraction(text) == posed.solution.values.numbers[key]


def test_hard_networks_differ_from_medium_ones() -> None:
    hard = [posed.spec for posed in practice_sheet(["backprop"], 12, seed=1, level="hard").problems]
    softmax = sum(spec["layers"][-1]["activation"] == "softmax" for spec in hard)
    kinds = ("samples" in spec or "optimizer" in spec or len(spec["layers"]) == 3 for spec in hard)
    assert softmax + sum(kinds) == 12
    medium = [posed.spec for posed in practice_sheet(["backprop"], 6, seed=1).problems]
    assert all(len(spec["layers"]) == 2 and "optimizer" not in spec for spec in medium)
