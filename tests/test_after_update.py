"""Kinds that update their parameters tell the error of the new ones, proved and on the page."""

from __future__ import annotations

from typing import Any

import pytest

from solver import loads, solve
from solver.api import Problem

CONVOLUTION = """
kind: convolution
image: [[1, 3, 2], [2, 0.9, 1], [1, 3, 2]]
layers:
  - conv: {kernels: [[[0.1, 0.2], [0.3, 0.4]]], biases: [0.1]}
  - tanh
  - flatten
  - dense: {weights: [[0.1, 0.2, 0.1, -0.1], [0.3, 0.1, -0.2, 0.1]], biases: [0, 0]}
  - softmax
target: [1, 0]
loss: cce
learning_rate: 0.5
"""
RECURRENT = """
kind: recurrent
cell: rnn
inputs: [[1], [2], [3]]
weights: {Wx: [[0.5]], Wh: [[0.8]], b: [0.1], Wy: [[1.2]], by: [0]}
target: [[0.1], [0.2], [0.3]]
loss: half_sse
learning_rate: 0.1
"""
ATTENTION = """
kind: attention
queries: [[1, 0]]
keys: [[1, 0], [0, 1]]
values: [[1, 2], [3, 4]]
Wq: [[1, 0], [0, 1]]
target: [[1, 2]]
loss: half_sse
learning_rate: 0.1
"""
NORMALIZATION = """
kind: normalization
method: batch
inputs: [[1], [3]]
epsilon: 0
target: [[0], [1]]
loss: half_sse
learning_rate: 0.5
"""
# of the first three by automatic differentiation in PyTorch, double precision; the last by hand: x̂ = −1, 1
AFTER = {
    CONVOLUTION: 0.0964669610504155,
    RECURRENT: 0.16187431686435136,
    ATTENTION: 0.4030840865685303,
    NORMALIZATION: 0.0625,
}


def solved(text: str, **options: Any) -> Any:
    problem = loads(text)
    assert isinstance(problem, Problem)
    return solve(problem, **options)


@pytest.mark.parametrize("text", AFTER)
def test_the_error_after_the_update(text: str) -> None:
    solution = solved(text)
    assert solution.answers["E'"] == pytest.approx(AFTER[text], rel=1e-11)
    assert solution.check.agrees
    assert "The same forward pass with the new values gives E'" in " ".join(solution.to_text().split())


@pytest.mark.parametrize("text", AFTER)
@pytest.mark.parametrize("options", [{"brief": True}, {"find": ("E'",)}, {"carry": "rounded", "digits": 3}], ids=str)
def test_it_stands_among_the_answers_of_every_page(text: str, options: dict[str, Any]) -> None:
    assert "E' " in solved(text, **options).to_text().partition("Answers")[2]


def test_asked_for_it_comes_with_the_new_values() -> None:
    page = solved(RECURRENT, find=("E'",)).to_text()
    assert "W_x' = W_x" in page
    assert "The same forward pass with the new values gives" in page


def test_by_hand_it_comes_from_the_rounded_new_values() -> None:
    solution = solved(RECURRENT, carry="rounded", digits=2)
    new = {key: solution.answers[f"{key}'"] for key in ("Wx", "Wh", "b", "Wy", "by")}
    weights = ", ".join(f"{key}: {value}" for key, value in new.items())
    start = RECURRENT.index("weights")
    again = f"{RECURRENT[:start]}weights: {{{weights}}}{RECURRENT[RECURRENT.index('target') - 1 :]}"
    assert solution.answers["E'"] == solved(again, carry="rounded", digits=2).answers["E"]


def test_without_an_update_there_is_none() -> None:
    assert "E'" not in solved(RECURRENT.replace("learning_rate: 0.1", "")).answers
